"""``chathakase export`` and ``chathakase search``: what is stored, read while the bot may run."""

from pathlib import Path

import typer

from chathakase.archive import as_lines, open_archive
from chathakase.cli.process import FAILED, say
from chathakase.config import read_stored
from chathakase.core.amounts import counted
from chathakase.core.errors import trace
from chathakase.showing import harmless


async def export_to(folder: Path) -> None:
    """Write every session into a folder. Raises SettingsError and StoreError."""
    async with open_archive(read_stored().database) as archive:
        try:
            count = await archive.export_to(folder)
        except OSError as error:
            say(f"The files cannot be written to {folder}: {error.strerror or trace(error)}")
            raise typer.Exit(FAILED) from None
    typer.echo(harmless(f"{counted(count, 'session')} exported to {folder}"))


async def print_found(words: str, *, limit: int) -> None:
    """Print what has all of these words. Raises SettingsError and StoreError."""
    async with open_archive(read_stored().database) as archive:
        found = await archive.find(words, limit=limit)
    for each in found:
        typer.echo("\n".join(as_lines(each)))
    if not found:
        typer.echo("Nothing was found.", err=True)
