"""Transactions: one that is done in a single trip to the thread, or one with a trip for each statement or script."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from chathakase.storage.database import Row, Value
from chathakase.storage.sqlite.connection import Done, SqliteConnection, begin, retry_locked, run
from chathakase.storage.sqlite.sqlite_dialect import Binding

_T = TypeVar("_T")


class TransactionOnThread:
    """Statements that are run at once, on the thread that their connection is on (a Transaction)."""

    def __init__(self, connection: sqlite3.Connection, bind: Binding) -> None:
        self._connection = connection
        self._bind = bind

    async def fetch(self, statement: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""
        return run(self._connection, *self._bind(statement, values)).rows

    async def execute(self, statement: str, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""
        return run(self._connection, *self._bind(statement, values)).changed


class SqliteTransaction:
    """Statements on a connection that nobody else uses meanwhile; the first trip begins it."""

    def __init__(self, connection: SqliteConnection, bind: Binding, closing: asyncio.Event) -> None:
        self._connection = connection
        self._bind = bind
        self._closing = closing
        self.begun = False
        """Whether there is anything to save."""

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""
        return (await self._run(sql, values)).rows

    async def execute(self, sql: str, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""
        return (await self._run(sql, values)).changed

    async def script(self, sql: str) -> None:
        """Run several statements in one trip, without the commit that sqlite3's own executescript begins with."""

        def work(connection: sqlite3.Connection) -> None:
            for statement in _statements(sql):
                run(connection, *self._bind(statement, ()))

        await self._trip(work)

    async def _run(self, sql: str, values: Sequence[Value]) -> Done:
        return await self._trip(lambda connection: run(connection, *self._bind(sql, values)))

    async def _trip(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        def trip(connection: sqlite3.Connection) -> _T:
            if not connection.in_transaction:
                begin(connection)
            return work(connection)

        if self.begun:
            return await self._connection.trip(trip)
        self.begun = True
        return await retry_locked(lambda: self._connection.trip(trip), self._closing)


def at_once(work: Coroutine[Any, Any, _T]) -> _T:
    """Run work to its end that waits for nothing, on whatever thread this is.

    Raises RuntimeError when it waits all the same.
    """
    try:
        work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    work.close()
    raise RuntimeError("a unit of work awaits nothing but its statements")


def _statements(sql: str) -> list[str]:
    """Cut a script where SQLite itself sees a statement end."""
    statements, current = [], ""
    for line in sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    if current.strip():
        statements.append(current)
    return statements
