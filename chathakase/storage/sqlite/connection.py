"""A connection to a SQLite file on a thread of its own, and what is done there in one trip. Only it imports aiosqlite.

A trip to the thread costs as much as a small statement, so whatever belongs together goes in one.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import aiosqlite

from chathakase.cancellation import to_the_end
from chathakase.clock import monotonic
from chathakase.core.retrying import RetryPolicy
from chathakase.storage.database import Row, Value
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure, database_error_of

LOCKED = RetryPolicy(first_wait=0.01, within=5.0)
"""How whoever begins something waits for another program to end its own."""

AT_ONCE = 64
"""Rows that aiosqlite would fetch at once; nothing here asks it to."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Done:
    """What a statement led to."""

    rows: list[Row]
    changed: int
    """How many rows it changed."""


class SqliteConnection(aiosqlite.Connection):
    """A connection that is asked for whole trips. Its sqlite3 connection commits nothing and begins nothing unasked."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, AT_ONCE)
        # Whoever fails without closing it must not hang the process; SQLite undoes what was not committed.
        self._thread.daemon = True
        self._stopped: asyncio.Future[object] | None = None

    def stop(self) -> asyncio.Future[object] | None:
        """Have the thread end once it has done what it was asked for."""
        self._stopped = super().stop()
        return self._stopped

    async def ended(self) -> None:
        """Wait until the thread, if it is to end, has nothing more to tell the loop."""
        if self._stopped is not None:
            await self._stopped

    async def trip(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do something on the thread. Cancelled, it is done all the same, before anything that is asked for later."""
        return await self._execute(work, self._conn)  # type: ignore[no-untyped-call, no-any-return]


async def connect(stack: AsyncExitStack, name: str, script: str, *, uri: bool = False) -> SqliteConnection:
    """Open a file and run a script in it; the stack closes it."""
    connection = SqliteConnection(partial(sqlite3.connect, name, isolation_level=None, uri=uri))
    stack.push_async_callback(connection.close)
    try:
        # A connection that is given up while it opens would leave its thread behind.
        await to_the_end(connection)
    finally:
        # Where it fails, aiosqlite has its thread end, but does not wait for it, and the loop may be closed by then.
        await to_the_end(connection.ended())
    await connection.trip(lambda opened: opened.executescript(script))
    return connection


def run(connection: sqlite3.Connection, sql: str, values: Iterable[Value] = ()) -> Done:
    """Run one statement to its end."""
    cursor = connection.execute(sql, tuple(values))
    rows = cursor.fetchall()
    return Done(rows, cursor.rowcount)


def begin(connection: sqlite3.Connection) -> None:
    """Take the lock of whoever writes, of which there is one in the whole file."""
    connection.execute("BEGIN IMMEDIATE")


def commit(connection: sqlite3.Connection) -> None:
    """Save what was done since it began."""
    connection.execute("COMMIT")


def roll_back(connection: sqlite3.Connection) -> None:
    """Undo what was done since it began, if anything was and SQLite has not done so by itself."""
    connection.rollback()


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything that is read in the block is as it was at one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


async def retry_locked(attempt: Callable[[], Awaitable[_T]], closing: asyncio.Event) -> _T:
    """Begin something; wait while another program holds the lock, which may be cancelled and ends with the database."""
    retries = LOCKED.begin(monotonic)
    while True:
        try:
            return await attempt()
        except sqlite3.OperationalError as error:
            if database_error_of(error).failure is not SqliteFailure.LOCKED or retries.are_over:
                raise
        if closing.is_set():
            raise DatabaseError(SqliteFailure.CLOSED)
        await asyncio.sleep(retries.next_wait())


@contextmanager
def translating() -> Iterator[None]:
    """Raise SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise database_error_of(error) from error
