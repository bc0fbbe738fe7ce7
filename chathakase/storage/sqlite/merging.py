"""The indexes of words grow in parts, and these are merged here: a few pages at a time, so that nobody waits long.

Left to itself, FTS5 merges hundreds of pages in the transaction of whoever happens to write. That is switched off (the
``automerge`` option on https://www.sqlite.org/fts5.html). So is taking words out at once (``secure-delete`` there,
since SQLite 3.42): the writer is held 7 ms for each message of 400 characters, measured among 2,000,000 messages, and
ten times as long for one ten times as long. What is taken out stays in old parts until all of them are merged.
"""

import asyncio

from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.transactions import TransactionOnThread
from chathakase.storage.stores.batch_size import BatchSize

OF_MESSAGES = tuple(f"words_{block}" for block in range(4))
"""The indexes of what was said; which of them holds a message follows from its number (migration 10)."""
OF_TITLES = ("title_words",)
INDEXES = OF_MESSAGES + OF_TITLES

UNMERGED = "SELECT name FROM unmerged ORDER BY name"

BEGIN = "UPDATE unmerged SET state = 2 WHERE name = $1"

END = "DELETE FROM unmerged WHERE name = $1 AND state = 2"

CHANGES = "SELECT total_changes()"

PAGES, MOST_PAGES = 8, 64
"""How many pages are merged in one transaction at least, and at most."""


class Merging:
    """Puts the indexes in order. One at a time is at it, so that whoever writes waits for one transaction at most."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._batch_size = BatchSize(PAGES, most=MOST_PAGES)
        self._working = asyncio.Lock()

    async def merge(self) -> None:
        """Merge parts until there are few, in small transactions; cut short, it can go on later.

        While somebody else is at it, this waits: whoever adds large parts must not go on before they are merged.
        """
        async with self._working:
            for index in INDEXES:
                await self._merge_on(index)

    async def sweep(self) -> None:
        """Drop what was taken out of the indexes and is still in them; cut short, it can go on later.

        The log tells of it no more after that; where somebody reads from it just now, after the next time.
        """
        async with self._working:
            for row in await self._database.fetch(UNMERGED):
                await self._sweep(str(row[0]))
        await self._database.truncate_wal()

    async def _sweep(self, index: str) -> None:
        await self._note(BEGIN, index)
        # A negative number begins to merge all parts into one, a positive one goes on with what was begun.
        if await self._merge(index, -1):
            await self._merge_on(index)
        # What was taken out meanwhile has noted itself again.
        await self._note(END, index)

    async def _merge_on(self, index: str) -> None:
        while await self._merge(index, 1):
            pass

    async def _merge(self, index: str, sign: int) -> bool:
        """Merge some pages; False when there was nothing to do, by which SQLite changes less than two rows."""

        async def merge(transaction: TransactionOnThread, pages: int) -> int:
            before = await transaction.fetch(CHANGES)
            await transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {sign * pages})")
            after = await transaction.fetch(CHANGES)
            return int(after[0][0] or 0) - int(before[0][0] or 0)

        return await self._batch_size.unit(self._database.unit, merge) >= 2

    async def _note(self, state: str, index: str) -> None:
        await self._database.unit(lambda transaction: transaction.execute(state, index))
