"""``chathakase export``, ``search``, ``threads`` and ``audit``: what is stored, read while the bot may run."""

from pathlib import Path

import typer

from chathakase.archive import as_lines, note, open_archive
from chathakase.cli import audit_lines, thread_lines
from chathakase.cli.process import FAILED, say
from chathakase.config import read_stored
from chathakase.core.amounts import counted
from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.errors import StoreError, trace
from chathakase.core.listing import ThreadFilter
from chathakase.core.types import WorkspaceKey
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


async def print_threads(which: ThreadFilter, *, person: str, workspace: str, limit: int, json: bool) -> None:
    """Print threads of a person, or of all, in one workspace or in all. Raises SettingsError and StoreError."""
    path, home = read_stored().database, WorkspaceKey("", workspace)
    async with open_archive(path) as archive:
        page = await archive.listing.page(person or None, home, channels=None, which=which, limit=limit)
    await note_if_possible(path, AuditEvent(Deed.SEARCH_ALL, amount=len(page.threads)))
    for each in page.threads:
        typer.echo(thread_lines.as_json_line(each) if json else "\n".join(thread_lines.as_lines(each)))
    if len(page.threads) < page.total:
        typer.echo(f"These are {len(page.threads)} of {counted(page.total, 'thread')}; --limit shows more.", err=True)
    if not page.threads:
        typer.echo("There are no such threads.", err=True)


async def print_audit_log(*, limit: int, json: bool) -> None:
    """Print who did what, the newest first. Raises SettingsError and StoreError."""
    async with open_archive(read_stored().database) as archive:
        entries = await archive.audit.newest_of_all(limit=limit)
    for each in entries:
        typer.echo(audit_lines.as_json_line(each) if json else audit_lines.as_line(each))
    if not entries:
        typer.echo("The audit log is empty.", err=True)


async def note_if_possible(path: Path, event: AuditEvent) -> None:
    """Note in the audit log what was done; whoever may only read the file is told that this cannot be."""
    try:
        await note(path, event)
    except StoreError as error:
        say(f"This could not be added to the audit log: {error}")
