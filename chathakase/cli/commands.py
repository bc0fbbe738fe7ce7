"""The commands, and what each takes.

The imports in them are late: the bot needs little of what the other commands load, and starts sooner without it.
"""

import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from chathakase.cli.process import BAD_SETTINGS, configure_logging, loading, say, until_done
from chathakase.unexpected import plainly

# What typer shows of an error would hold what variables do; ours is told in one line.
cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The command line.")


def tell_version(wanted: bool) -> None:
    """Say which version this is, and end."""
    if wanted:
        typer.echo(f"chathakase {version('chathakase')}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback uses it
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
    with loading():
        from chathakase.cli.run import serve
    until_done(serve())


@cli.command("manifest")
def show_manifest() -> None:
    """Print the app manifest, to paste into Slack under “App Manifest”."""
    from chathakase.slack.manifest import manifest

    typer.echo(manifest(), nl=False)


@cli.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Check everything the bot needs: the settings, Slack, the database, the model, the clock.

    Exit code 0: nothing is wrong; 1: something is wrong; 2: settings are missing or wrong.
    """
    configure_logging(logging.CRITICAL)
    with loading():
        from chathakase.cli.doctor import tell_findings
    until_done(tell_findings(json=json))


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
    with loading():
        from chathakase.cli.playground import apps_of, forget_workspace, play, play_without_bot
    manifests = apps_of(manifest or ())
    if fresh:
        forget_workspace()
    if no_bot or manifests:
        until_done(play_without_bot(host, port, manifests))
    else:
        until_done(play(host, port, echo=echo, terminal=terminal, browser=browser))


@cli.command()
def export(
    folder: Annotated[Path, typer.Option(help="Folder for the files; created if it is missing.")] = Path("export"),
) -> None:
    """Write every stored session as Markdown and JSON, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: all was written; 1: something was not; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    with loading():
        from chathakase.cli.stored import export_to
    until_done(export_to(folder))


@cli.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words to look for; all of them must occur.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show at most this many, newest first.")] = 20,
) -> None:
    """Find messages and titles in every stored session, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: the search was done; 1: it failed; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    with loading():
        from chathakase.cli.stored import print_found
    until_done(print_found(" ".join(words), limit=limit))


@cli.command()
def threads(
    person: Annotated[str, typer.Option(help="Only threads of whoever has this user id.")] = "",
    workspace: Annotated[str, typer.Option(help="Only threads in the workspace with this id.")] = "",
    words: Annotated[str, typer.Option(help="Only threads in which all of these words occur.")] = "",
    archived: Annotated[bool, typer.Option("--archived", help="Only threads that somebody put away.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Show at most this many, newest first.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for scripts.")] = False,
) -> None:
    """List threads, the most recently active first, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: they were listed; 1: it failed; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    with loading():
        from chathakase.cli.stored import print_threads
        from chathakase.core.listing import ThreadFilter
    which = ThreadFilter(words=words, archived=archived)
    until_done(print_threads(which, person=person, workspace=workspace, limit=limit, json=json))


@cli.command()
def audit(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Show at most this many, newest first.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for scripts.")] = False,
) -> None:
    """Show who did what in all workspaces, by ids and without any text, even while the bot runs.

    Only CHATHAKASE_DATABASE_URL is needed. Exit code 0: it was shown; 1: it failed; 2: the setting is wrong.
    """
    configure_logging(logging.WARNING)
    with loading():
        from chathakase.cli.stored import print_audit_log
    until_done(print_audit_log(limit=limit, json=json))


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
        say(error.format_message())
        say("Try `chathakase --help`.")
        return BAD_SETTINGS
