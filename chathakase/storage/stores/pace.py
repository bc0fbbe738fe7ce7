"""How much of a long work is done at once, so that nobody waits long for the writer meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from chathakase.storage.database import Database, Transaction

AIM = 0.008
"""Seconds that one transaction should take at most, once it is its turn."""


class Pace:
    """Finds out how much can be done in the time that there is."""

    def __init__(self, database: Database, least: int, *, most: int) -> None:
        self._database = database
        self._size = self._least = least
        self._most = most

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[tuple[Transaction, int]]:
        """A transaction, and how much to do in it; how long that takes tells how much the next one is to do.

        Raises StoreError as any transaction does.
        """
        async with self._database.transaction() as transaction:
            began = monotonic()
            yield transaction, self._size
        taken = monotonic() - began
        if taken > AIM:
            self._size = max(self._size // 2, self._least)
        elif taken < AIM / 2:
            self._size = min(self._size + self._size // 4 + 1, self._most)
