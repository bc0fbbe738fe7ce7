"""What was taken out of the index of words stays in its old parts until these are merged, unless SQLite can do better.

Since SQLite 3.42 words can be taken out at once (https://www.sqlite.org/fts5.html#the_secure_delete_configuration_option).
Before that, merging all parts, a few pages at a time, drops what was taken out (the ``merge`` command on that page).
"""

import sqlite3

from chathakase.storage.database import Database
from chathakase.storage.pace import Pace

INDEXES = ("words", "title_words")

AT_ONCE_SINCE = (3, 42)

BEGIN = "UPDATE unswept SET state = 2 WHERE id = 1"

END = "DELETE FROM unswept WHERE state = 2"

PAGES, MOST_PAGES = 16, 256
"""How many pages are merged in one transaction at least, and at most."""


async def take_out_at_once(database: Database) -> None:
    """Have words taken out of the index at once from now on, where SQLite can; older ones cannot use it any more."""
    if sqlite3.sqlite_version_info < AT_ONCE_SINCE:
        return
    for index in INDEXES:
        have = await database.fetch(f"SELECT 1 FROM {index}_config WHERE k = 'secure-delete' AND v = 1")
        if not have:
            async with database.transaction() as transaction:
                await transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 1)")


async def sweep(database: Database) -> None:
    """Drop what was taken out of the index and is still in it, in small transactions; cut short, it can go on later."""
    if not await database.fetch("SELECT 1 FROM unswept"):
        return
    async with database.transaction() as transaction:
        await transaction.execute(BEGIN)
    pace = Pace(PAGES, most=MOST_PAGES)
    for index in INDEXES:
        # A negative number begins to merge all parts into one, a positive one goes on with what was begun.
        work = await _merge(database, index, pace, -1)
        while work:
            work = await _merge(database, index, pace, 1)
    async with database.transaction() as transaction:
        await transaction.execute(END)


async def _merge(database: Database, index: str, pace: Pace, sign: int) -> bool:
    """Merge some pages; False when there was nothing to do, by which SQLite changes less than two rows."""
    changes = "SELECT total_changes()"
    async with database.transaction() as transaction:
        before = await transaction.fetch(changes)
        # Whoever stands in line stands there until the first statement that writes.
        await transaction.execute(BEGIN)
        with pace.measured() as pages:
            await transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {sign * pages})")
        after = await transaction.fetch(changes)
    return int(after[0][0] or 0) - int(before[0][0] or 0) > 2
