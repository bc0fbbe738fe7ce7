"""``chathakase playground``."""

import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from chathakase.cli.process import BAD_SETTINGS, CANNOT_START, say
from chathakase.play import FOLDER, forget, model_of_ones_own, open_local_slack, open_playground
from chathakase.playground.manifests import ManifestError, read_manifests
from chathakase.playground.terminal.talk import talk
from chathakase.playground.world.app_manifest import Manifest
from chathakase.showing import harmless
from chathakase.shutdown import until_told_to_stop


async def play(host: str, port: int, *, echo: bool, terminal: bool, browser: bool) -> None:
    """Run the workspace with the bot in it until told to stop. Raises SettingsError and StartError."""
    if not echo and (notice := model_of_ones_own()):
        say(notice)
    async with open_playground(FOLDER, host=host, port=port, echo=echo, seeded=not terminal) as playground:
        if terminal:
            await talk(playground.workspace, model=playground.model)
            return
        typer.echo(harmless(f"ChatHakase is running in its playground, answering with {playground.model}:") + "\n")
        typer.echo(f"    {playground.workspace.address}\n\nPress Ctrl-C to stop.")
        if browser:
            _open_browser(playground.workspace.address)
        await until_told_to_stop()


async def play_without_bot(host: str, port: int, manifests: Sequence[Manifest]) -> None:
    """Run only the workspace, with the apps of manifests. Raises StartError."""
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


def apps_of(paths: Sequence[Path]) -> Sequence[Manifest]:
    """The apps of manifests; ends the process with a sentence where one cannot be read."""
    try:
        return read_manifests(paths)
    except ManifestError as error:
        say(str(error))
        raise typer.Exit(BAD_SETTINGS) from None


def forget_workspace() -> None:
    """Begin with an empty workspace; ends the process with a sentence where the last one cannot be removed."""
    try:
        forget(FOLDER)
    except OSError as error:
        say(f"The last workspace in {FOLDER} cannot be removed: {error.strerror}")
        raise typer.Exit(CANNOT_START) from None


def _open_browser(address: str) -> None:
    """Open a page where there is a browser with windows; one in the terminal would only be in the way."""
    with suppress(webbrowser.Error):
        if type(webbrowser.get()) is not webbrowser.GenericBrowser:
            webbrowser.open(address)
