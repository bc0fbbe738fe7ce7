"""``chathakase export``, ``search`` and ``audit``: what is stored, read while the bot may run."""

from pathlib import Path

import typer

from chathakase.archive import as_lines, note, open_archive
from chathakase.cli.audit_lines import as_json_line, as_line
from chathakase.cli.process import FAILED, say
from chathakase.config import read_stored
from chathakase.core.amounts import counted
from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.errors import StoreError, trace
from chathakase.showing import harmless


async def export_to(folder: Path) -> None:
    """Write every session into a folder. Raises SettingsError and StoreError."""
    path = read_stored().database
    async with open_archive(path) as archive:
        try:
            count = await archive.export_to(folder)
        except OSError as error:
            say(f"The files cannot be written to {folder}: {error.strerror or trace(error)}")
            raise typer.Exit(FAILED) from None
    await note_if_possible(path, AuditEvent(Deed.EXPORT_ALL, amount=count))
    typer.echo(harmless(f"{counted(count, 'session')} exported to {folder}"))


async def print_found(words: str, *, limit: int) -> None:
    """Print what has all of these words. Raises SettingsError and StoreError."""
    path = read_stored().database
    async with open_archive(path) as archive:
        found = await archive.find(words, limit=limit)
    await note_if_possible(path, AuditEvent(Deed.SEARCH_ALL, amount=len(found)))
    for each in found:
        typer.echo("\n".join(as_lines(each)))
    if not found:
        typer.echo("Nothing was found.", err=True)


async def print_audit_log(*, limit: int, json: bool) -> None:
    """Print who did what, the newest first. Raises SettingsError and StoreError."""
    async with open_archive(read_stored().database) as archive:
        entries = await archive.audit.newest_of_all(limit=limit)
    for each in entries:
        typer.echo(as_json_line(each) if json else as_line(each))
    if not entries:
        typer.echo("The audit log is empty.", err=True)


async def note_if_possible(path: Path, event: AuditEvent) -> None:
    """Note in the audit log what was done; whoever may only read the file is told that this cannot be."""
    try:
        await note(path, event)
    except StoreError as error:
        say(f"This could not be added to the audit log: {error}")
