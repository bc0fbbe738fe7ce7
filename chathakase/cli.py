"""The command line."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from tempfile import TemporaryDirectory
from typing import Any

import typer

from chathakase.app import open_bot
from chathakase.config import ModelServer, Settings, SettingsError, read_settings
from chathakase.core.errors import StartError
from chathakase.playground.model_server import open_model
from chathakase.playground.server import open_workspace
from chathakase.playground.terminal import talk

BAD_SETTINGS = 2
CANNOT_START = 1

log = logging.getLogger(__name__)
cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@cli.callback()
def root() -> None:
    """ChatHakase: a Slack assistant whose memory is the thread."""


@cli.command()
def run() -> None:
    """Answer in Slack until stopped. Settings come from the environment and a .env file."""
    configure_logging()
    _until_done(_serve(_settings()))


@cli.command()
def playground() -> None:
    """Talk to the real bot in a Slack workspace on this machine: no account and no key are needed.

    With OPENAI_API_KEY or OPENAI_BASE_URL set it answers with that model, else with an echo.
    """
    configure_logging(logging.WARNING)
    _until_done(_play())


def main() -> None:
    """The entry point of the ``chathakase`` command."""
    cli()


def configure_logging(level: int = logging.INFO) -> None:
    """Log our own doings from a level on.

    Bolt's and slack_sdk's warnings and errors quote what people write and tickets of sockets, so they stay silent; what
    goes wrong there is told by our own rooms.
    """
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("chathakase").setLevel(level)
    for library in ("slack_bolt", "slack_sdk", "apscheduler"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with open_bot(settings):
        log.info("Connected to Slack; answering with %s", settings.chathakase_model)
        await stop.wait()
        log.info("Stopping")


async def _play() -> None:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(open_workspace())
        folder = stack.enter_context(TemporaryDirectory(prefix="chathakase-"))
        given = {
            "slack_bot_token": workspace.bot_token,
            "slack_app_token": workspace.app_token,
            "slack_api_url": workspace.api_url,
            "chathakase_database_url": f"sqlite:///{folder}/playground.db",
        }
        if not ModelServer().is_set:
            echo = await stack.enter_async_context(open_model())
            given |= {"openai_base_url": echo.base_url, "chathakase_model": echo.model}
        settings = _settings(**given)
        await stack.enter_async_context(open_bot(settings))
        await talk(workspace, model=settings.chathakase_model)


def _settings(**given: str) -> Settings:
    try:
        return read_settings(**given)
    except SettingsError as error:
        typer.echo("ChatHakase cannot start; these settings need a look:", err=True)
        for problem in error.problems:
            typer.echo(f"  {problem}", err=True)
        raise typer.Exit(BAD_SETTINGS) from None


def _until_done(work: Coroutine[Any, Any, None]) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_or_say_why(work))


async def _or_say_why(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except StartError as error:
        typer.echo(f"ChatHakase cannot start: {error}", err=True)
        # Everything is closed by now but threads that look up a name, which would hold the process for long.
        sys.stderr.flush()
        os._exit(CANNOT_START)
