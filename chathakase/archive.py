"""What is stored, for whoever may read the database's file: exported and searched from outside, without the bot."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from chathakase.core.audit import AuditEvent
from chathakase.core.errors import StoreError
from chathakase.core.export import as_json, as_markdown, file_name
from chathakase.core.memory import SearchHit, Transcript
from chathakase.core.moments import day_and_time
from chathakase.core.ports import ExportStore, ListingStore, SearchStore
from chathakase.core.unicode import visible
from chathakase.storage.sqlite.driver import open_for_reading, open_sqlite
from chathakase.storage.sqlite.migrate import refuse_other
from chathakase.storage.sqlite.private import make_folder
from chathakase.storage.sqlite.search import SqliteSearch
from chathakase.storage.sqlite.word_finder import SqliteWordFinder
from chathakase.storage.stores.audit_store import SqlAuditStore
from chathakase.storage.stores.export_store import SqlExportStore
from chathakase.storage.stores.listing_store import SqlListingStore

BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Archive:
    """A database that is only read."""

    export: ExportStore
    search: SearchStore
    audit: SqlAuditStore
    listing: ListingStore

    async def export_to(self, folder: Path) -> int:
        """Write each session of which words are left into a folder, as Markdown and as JSON; returns how many.

        Files of the same names are replaced, each at once. Raises OSError and StoreError.
        """
        await asyncio.to_thread(make_folder, folder)
        written: Counter[str] = Counter()
        async for transcript in self.export.transcripts():
            if transcript.messages:
                # Threads of several workspaces may have the same name.
                apart = f"-{transcript.session}" if written[transcript.name] else ""
                await asyncio.to_thread(_write, folder, f"{transcript.name}{apart}", transcript)
                written[transcript.name] += 1
        return written.total()

    async def find(self, words: str, *, limit: int) -> list[SearchHit]:
        """The newest messages and titles with all these words, whoever wrote them. Raises StoreError."""
        return await self.search.search(words, author=None, channels=None, limit=limit)


@asynccontextmanager
async def open_archive(path: Path) -> AsyncIterator[Archive]:
    """Open the database, also while the bot uses it. Raises StoreError when it cannot be read."""
    if not await asyncio.to_thread(path.is_file):
        raise StoreError(f"CHATHAKASE_DATABASE_URL names {path}, which does not exist")
    async with open_for_reading(path) as database:
        await refuse_other(database)
        yield Archive(
            export=SqlExportStore(database),
            search=SqliteSearch(database),
            audit=SqlAuditStore(database),
            listing=SqlListingStore(database, SqliteWordFinder()),
        )


async def note(path: Path, event: AuditEvent) -> None:
    """Have the audit log of each workspace tell what was done on the command line, to all that is stored.

    Raises StoreError when the database, which has been read, cannot be written.
    """
    async with open_sqlite(path) as database:
        await SqlAuditStore(database).add_for_all(event)


def as_lines(found: SearchHit) -> Iterator[str]:
    """What was found, for a terminal."""
    title = f"  {_harmless(found.title)}" if found.title else ""
    yield f"{day_and_time(found.at * 1000)} UTC  {_harmless(found.name)}{title}"
    yield f"    {_who(found)}: {_harmless(found.excerpt)}"


def _who(found: SearchHit) -> str:
    """Who said it; a title, which nobody said, has no author either, but is found where it is shown."""
    return _harmless(found.author) or ("title" if found.excerpt == found.title else "assistant")


def _write(folder: Path, name: str, transcript: Transcript) -> None:
    name = file_name(name)
    _replace(folder / f"{name}.md", as_markdown(transcript, {}))
    _replace(folder / f"{name}.json", as_json(transcript, {}))


def _replace(path: Path, content: str) -> None:
    """Write a file that is there whole or not at all, for nobody but its owner to read."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _harmless(text: str) -> str:
    """A text in one line, in which control characters are seen and not obeyed."""
    return visible(BLANKS.sub(" ", text).strip())
