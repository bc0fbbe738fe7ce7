"""What was forgotten leaves the database's log within seconds: until then, whole texts would stand in it.

Triggers note in the same transaction that words were removed or replaced (migration 15), so whoever removes them need
not think of it, and a crash right after it changes nothing.
"""

import asyncio

from chathakase.storage.sqlite.driver import SqliteDatabase

UNEMPTIED = "SELECT 1 FROM unemptied"

BEGIN = "UPDATE unemptied SET state = 2"

END = "DELETE FROM unemptied WHERE state = 2"

TRIES = 8
AGAIN = 0.1
"""Seconds between two of them, when somebody read from the log just then."""


class Emptying:
    """Empties the log when there is a reason to."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def empty_the_log(self) -> None:
        """Leave nothing in the log of what was forgotten; the next time, if a reader is in the way all the time."""
        if not await self._database.fetch(UNEMPTIED):
            return None
        await self._note(BEGIN)
        for _ in range(TRIES):
            if await self._database.empty_log():
                # What was forgotten meanwhile has noted itself anew.
                return await self._note(END)
            await asyncio.sleep(AGAIN)
        return None

    async def _note(self, state: str) -> None:
        async with self._database.transaction() as transaction:
            await transaction.execute(state)
