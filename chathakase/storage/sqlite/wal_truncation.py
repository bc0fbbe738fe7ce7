"""What was forgotten leaves the database's log within seconds: until then, whole texts would stand in it.

Triggers note in the same transaction that words were removed or replaced (migration 15), so whoever removes them need
not think of it, and a crash right after it changes nothing.
"""

import asyncio

from chathakase.clock import monotonic
from chathakase.core.retrying import RetryPolicy
from chathakase.storage.sqlite.driver import SqliteDatabase

TRUNCATION_DUE = "SELECT 1 FROM unemptied"

BEGIN = "UPDATE unemptied SET state = 2"

END = "DELETE FROM unemptied WHERE state = 2"

BUSY = RetryPolicy(first_wait=0.1, retries=7)
"""How it is tried again when somebody read from the log just then."""


class WalTruncation:
    """Truncates the write-ahead log (WAL) when there is a reason to."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def truncate_wal(self) -> None:
        """Leave nothing in the log of what was forgotten; the next time, if a reader is in the way all the time."""
        if not await self._database.fetch(TRUNCATION_DUE):
            return
        await self._note(BEGIN)
        retries = BUSY.begin(monotonic)
        while not await self._database.truncate_wal():
            if retries.are_over:
                return
            await asyncio.sleep(retries.next_wait())
        # What was forgotten meanwhile has noted itself again.
        await self._note(END)

    async def _note(self, state: str) -> None:
        await self._database.unit(lambda transaction: transaction.execute(state))
