"""The command line."""

import asyncio
import logging
import sys
import webbrowser
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from chathakase import report
from chathakase.app import open_bot
from chathakase.archive import as_lines, open_archive
from chathakase.checkup import check_spelling, examine
from chathakase.config import SettingsError, misspelt_settings, read_settings, read_stored
from chathakase.core.amounts import counted
from chathakase.core.errors import CannotListen, StartError, StoreError, WrongSoftware, trace
from chathakase.ending import end_within, leave, until_told_to_stop
from chathakase.findings import Finding, Level, worst
from chathakase.play import FOLDER, forget, model_of_ones_own, open_local_slack, open_playground
from chathakase.playground.manifests import ManifestError, read_manifests
from chathakase.playground.terminal.talk import talk
from chathakase.playground.world.manifest import Manifest
from chathakase.showing import harmless
from chathakase.slack.manifest import manifest
from chathakase.unexpected import OneLine, plainly, watch_tasks

BAD_SETTINGS = 2
CANNOT_START = 1
TROUBLE = 1
CLOSE_WITHIN = 4.5
"""Seconds after the grace period in which everything is closed."""

log = logging.getLogger(__name__)
# What typer shows of an error would hold what variables do; ours is told in one line.
cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


def tell_version(wanted: bool) -> None:
    """Say which version this is, and end."""
    if wanted:
        typer.echo(f"chathakase {version('chathakase')}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback heeds it
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=tell_version)
    ] = False,
) -> None:
    """ChatHakase: a Slack assistant whose memory is the thread."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(BAD_SETTINGS)


@cli.command()
def run() -> None:
    """Answer in Slack until stopped. Settings come from the environment and a .env file."""
    configure_logging()
    _until_done(_serve())


@cli.command("manifest")
def show_manifest() -> None:
    """Print the app manifest, to paste into Slack under “App Manifest”."""
    typer.echo(manifest(), nl=False)


@cli.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Check everything the bot needs: the settings, Slack, the database, the model, the clock.

    Exit code 0: nothing is wrong; 1: something is wrong; 2: settings are missing or wrong.
    """
    configure_logging(logging.CRITICAL)
    _until_done(_examine(json=json))


@cli.command()
def playground(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The page's port; 0 picks a free one.")] = 8765,
    host: Annotated[
        str, typer.Option(help="The address to listen on; beyond loopback, other machines can connect.")
    ] = "127.0.0.1",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start with an empty workspace instead of the last one.")
    ] = False,
    no_bot: Annotated[
        bool, typer.Option("--no-bot", help="Run only the workspace, and print what another bot needs to connect.")
    ] = False,
    manifest: Annotated[
        list[Path] | None,
        typer.Option(help="Your app's manifest, in YAML or JSON; repeat it for more apps. Implies --no-bot."),
    ] = None,
    echo: Annotated[
        bool, typer.Option("--echo", help="Answer with the echo, whatever model the settings name.")
    ] = False,
    terminal: Annotated[bool, typer.Option("--terminal", help="Chat in the terminal instead of a browser.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Talk to the real bot in a Slack workspace on this machine, with no account and no key.

    With OPENAI_API_KEY or OPENAI_BASE_URL set, that model answers, otherwise an echo.
    """
    configure_logging(logging.WARNING)
    manifests = _read_manifests(manifest or ())
    if fresh:
        _forget_workspace()
    if no_bot or manifests:
        _until_done(_workspace_only(host, port, manifests))
    else:
        _until_done(_play(host, port, echo=echo, terminal=terminal, browser=browser))


@cli.command()
def export(
    folder: Annotated[Path, typer.Option(help="Folder for the files; created if it is missing.")] = Path("export"),
) -> None:
    """Write every stored session as Markdown and JSON, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: all was written; 1: something was not; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    _until_done(_export(folder))


@cli.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words to look for; all of them must occur.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show at most this many, newest first.")] = 20,
) -> None:
    """Find messages and titles in every stored session, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: the search was done; 1: it failed; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    _until_done(_search(" ".join(words), limit))


def main() -> None:
    """Run the command line, and end the process."""
    sys.exit(plainly(carry_out))


def carry_out() -> int:
    """Do what the process is called with; returns its exit code."""
    try:
        return int(typer.main.get_command(cli)(standalone_mode=False) or 0)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # Some versions of typer have copies of click's errors, and no name for what is common to them.
        if not hasattr(error, "format_message"):
            raise
        _say(error.format_message())
        _say("Try `chathakase --help`.")
        return BAD_SETTINGS


def configure_logging(level: int = logging.INFO) -> None:
    """Log our own doings from a level on.

    Bolt's and slack_sdk's warnings and errors quote what people write and tickets of sockets, so they stay silent; what
    goes wrong there is told by our own rooms. So does openai, which ``OPENAI_LOG`` has log whole prompts in a way of
    its own. What dotenv cannot read is told once, with what is misspelt.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("chathakase").setLevel(level)
    for library in ("slack_bolt", "slack_sdk", "apscheduler", "openai", "dotenv"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


async def _serve() -> None:
    settings = read_settings()
    async with open_bot(settings) as manager:
        log.info("Connected to Slack; answering with %s", settings.chathakase_model)
        await until_told_to_stop()
        log.info("Stopping; work in progress has %g s to finish", settings.chathakase_grace)
        manager.retire()
        end_within(settings.chathakase_grace + CLOSE_WITHIN)


async def _examine(*, json: bool) -> None:
    try:
        findings = await examine(read_settings())
        code = TROUBLE if worst(findings) is Level.TROUBLE else 0
    except SettingsError as error:
        findings = [Finding("settings", Level.TROUBLE, problem) for problem in error.problems]
        findings += check_spelling()
        code = BAD_SETTINGS
    if json:
        typer.echo(report.as_json(findings))
    else:
        report.show(findings, Console())
    leave(code)


async def _play(host: str, port: int, *, echo: bool, terminal: bool, browser: bool) -> None:
    if not echo and (notice := model_of_ones_own()):
        _say(notice)
    async with open_playground(FOLDER, host=host, port=port, echo=echo, seeded=not terminal) as playground:
        if terminal:
            await talk(playground.workspace, model=playground.model)
            return
        typer.echo(harmless(f"ChatHakase is running in its playground, answering with {playground.model}:") + "\n")
        typer.echo(f"    {playground.workspace.address}\n\nPress Ctrl-C to stop.")
        if browser:
            _open_browser(playground.workspace.address)
        await until_told_to_stop()


async def _workspace_only(host: str, port: int, manifests: Sequence[Manifest]) -> None:
    async with open_local_slack(FOLDER, host=host, port=port, manifests=manifests) as workspace:
        for app in workspace.world.installed:
            tokens = workspace.tokens_of(app)
            if manifests:
                typer.echo(harmless(f"# {app.name}, with {workspace.world.features[app.id].in_short()}"))
            typer.echo(f"SLACK_BOT_TOKEN={tokens.bot}")
            typer.echo(f"SLACK_APP_TOKEN={tokens.app}")
            typer.echo(f"SLACK_API_URL={workspace.api_url}")
        typer.echo(f"The workspace is at {workspace.address}; press Ctrl-C to stop.", err=True)
        await until_told_to_stop()


async def _export(folder: Path) -> None:
    async with open_archive(read_stored().database) as archive:
        try:
            count = await archive.export_to(folder)
        except OSError as error:
            _say(f"The files cannot be written to {folder}: {error.strerror or trace(error)}")
            raise typer.Exit(TROUBLE) from None
    typer.echo(harmless(f"{counted(count, 'session')} exported to {folder}"))


async def _search(words: str, limit: int) -> None:
    async with open_archive(read_stored().database) as archive:
        found = await archive.find(words, limit=limit)
    for each in found:
        typer.echo("\n".join(as_lines(each)))
    if not found:
        typer.echo("Nothing was found.", err=True)


def _open_browser(address: str) -> None:
    """Open a page where there is a browser with windows; one in the terminal would only be in the way."""
    with suppress(webbrowser.Error):
        if type(webbrowser.get()) is not webbrowser.GenericBrowser:
            webbrowser.open(address)


def _read_manifests(paths: Sequence[Path]) -> Sequence[Manifest]:
    try:
        return read_manifests(paths)
    except ManifestError as error:
        _say(str(error))
        raise typer.Exit(BAD_SETTINGS) from None


def _forget_workspace() -> None:
    try:
        forget(FOLDER)
    except OSError as error:
        _say(f"The last workspace in {FOLDER} cannot be removed: {error.strerror}")
        raise typer.Exit(CANNOT_START) from None


def _until_done(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(_or_say_why(work))


async def _or_say_why(work: Coroutine[Any, Any, None]) -> None:
    watch_tasks()
    for sentence in misspelt_settings():
        log.warning("%s", sentence)
    try:
        await work
    except SettingsError as error:
        _say("ChatHakase cannot start; fix these settings:")
        for problem in error.problems:
            _say(f"  {problem}")
        raise typer.Exit(BAD_SETTINGS) from None
    except StartError as error:
        _say(f"ChatHakase cannot start: {error}")
        leave(BAD_SETTINGS if isinstance(error, (CannotListen, WrongSoftware)) else CANNOT_START)
    except StoreError as error:
        _say(f"The sessions cannot be read: {error}")
        raise typer.Exit(TROUBLE) from None


def _say(text: str) -> None:
    typer.echo(harmless(text), err=True)
