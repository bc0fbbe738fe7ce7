"""The command line."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import typer

from chathakase.app import open_bot
from chathakase.config import Settings, SettingsError, read_settings
from chathakase.core.errors import StartError

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
    try:
        settings = read_settings()
    except SettingsError as error:
        typer.echo("ChatHakase cannot start; these settings need a look:", err=True)
        for problem in error.problems:
            typer.echo(f"  {problem}", err=True)
        raise typer.Exit(BAD_SETTINGS) from None
    _until_done(_serve(settings))


def main() -> None:
    """The entry point of the ``chathakase`` command."""
    cli()


def configure_logging() -> None:
    """Log our own doings; libraries only speak up when something is wrong.

    At lower levels they would log what people write, Bolt's warnings included.
    """
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("chathakase").setLevel(logging.INFO)
    for library in ("slack_bolt", "slack_sdk"):
        logging.getLogger(library).setLevel(logging.ERROR)


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with open_bot(settings):
        log.info("Connected to Slack; answering with %s", settings.chathakase_model)
        await stop.wait()
        log.info("Stopping")


def _until_done(work: Coroutine[Any, Any, None]) -> None:
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(work)
    except StartError as error:
        typer.echo(f"ChatHakase cannot start: {error}", err=True)
        raise typer.Exit(CANNOT_START) from None
