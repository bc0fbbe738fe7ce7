"""What the stores need of a database: SQL text in, rows out, one transaction at a time."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

Value = str | int | bytes | None
Row = Sequence[Value]


class Transaction(Protocol):
    """Statements that stand or fall together. Parameters are written ``$1``, ``$2`` and so on."""

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""

    async def execute(self, sql: str, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""

    async def script(self, sql: str) -> None:
        """Run several statements that take no parameters."""


class Database(Protocol):
    """A database that is open; who opened it closes it."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """One unit of work: saved when the block ends well, undone on any way out otherwise.

        Raises StoreError when the database refuses.
        """

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Read, outside of any transaction."""

    async def save_copy(self, name: str) -> str:
        """Keep a whole copy of the database as it is now, under a name that holds ``name``; returns where it is.

        Raises StoreError, and leaves nothing behind, when it cannot be kept.
        """

    async def empty_log(self) -> bool:
        """Leave nothing of what was removed in what is kept besides the tables; False when it cannot be done just now.

        Raises StoreError when the database refuses.
        """
