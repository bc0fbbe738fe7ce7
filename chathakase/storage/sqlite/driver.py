"""The SQLite driver: one writing and one reading connection in WAL mode."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from chathakase.cancellation import to_the_end
from chathakase.storage.database import Query, Row, Statement, UnitOfReading, UnitOfWork, Value, Which
from chathakase.storage.sqlite.backup import save_copy
from chathakase.storage.sqlite.connection import (
    SqliteConnection,
    begin,
    commit,
    connect,
    retry_locked,
    roll_back,
    run,
    snapshot,
    translating,
)
from chathakase.storage.sqlite.private import keep_private
from chathakase.storage.sqlite.sqlite_dialect import Binding
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure
from chathakase.storage.sqlite.transactions import SqliteTransaction, TransactionOnThread, at_once
from chathakase.storage.sqlite.version import version_of

# With NORMAL, a power failure in WAL mode may take back the last commits, which Slack believes that we have. Whoever
# commits when the log has so many pages waits until they are in the file: few pages, short waits. The cache is in KiB.
# What is sorted, or kept to be undone, would be put into files in the system's folder for such.
PRAGMAS = """
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 250;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
"""

# Whoever only reads folds a -wal that nobody else uses into the file, if allowed to, and changes nothing.
READING = """
PRAGMA busy_timeout = 5000;
PRAGMA query_only = ON;
PRAGMA temp_store = MEMORY;
"""

# SQLite opens what it may only read without a word.
PROBE = """
BEGIN IMMEDIATE;
CREATE TABLE probe (x);
ROLLBACK;
"""

# What SQLite itself waits for cannot be cut short, so once a file is open that is the task's to do.
IMPATIENT = "PRAGMA busy_timeout = 0"

TRUNCATE_WAL = "PRAGMA wal_checkpoint(TRUNCATE)"

log = logging.getLogger(__name__)
_T = TypeVar("_T")


def wall_clock() -> int:
    """The time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


class _ReadTransaction:
    """Reads on a connection that nobody writes on, and so never waits for whoever writes."""

    def __init__(self, connection: SqliteConnection, bind: Binding, closing: asyncio.Event) -> None:
        self.connection = connection
        self._bind = bind
        self._closing = closing

    async def read(self, queries: Sequence[tuple[str, Sequence[Value]]]) -> list[list[Row]]:
        def trip(connection: sqlite3.Connection) -> list[list[Row]]:
            with snapshot(connection) if len(queries) > 1 else nullcontext():
                return [run(connection, *self._bind(sql, values)).rows for sql, values in queries]

        return await self._go(trip)

    async def view(self, work: UnitOfReading[_T]) -> _T:
        def trip(connection: sqlite3.Connection) -> _T:
            with snapshot(connection):
                return at_once(work(TransactionOnThread(connection, self._bind)))

        return await self._go(trip)

    async def _go(self, trip: Callable[[sqlite3.Connection], _T]) -> _T:
        if self._closing.is_set():
            raise DatabaseError(SqliteFailure.CLOSED)
        with translating():
            return await retry_locked(lambda: self.connection.trip(trip), self._closing)


class SqliteDatabase:
    """A SQLite file with its two connections."""

    def __init__(
        self, path: Path, writer: SqliteConnection, reader: SqliteConnection, clock: Callable[[], int]
    ) -> None:
        self._path = path.absolute()
        self._file = _file(path)
        self._writer = writer
        self._writing = asyncio.Lock()
        self._closing = asyncio.Event()
        self._bind = Binding(clock)
        self._reader = _ReadTransaction(reader, self._bind, self._closing)

    async def write(self, statement: Statement, *values: Value) -> list[Row]:
        """Run one statement that commits by itself, in one trip; returns its rows."""
        return await self.unit(lambda transaction: transaction.fetch(statement, *values))

    async def session(self, which: Which, work: UnitOfWork[_T]) -> _T:  # noqa: ARG002 - whatever it is
        """One unit of work on a session. Whoever writes is alone, so that its row needs no lock of its own."""
        return await self.unit(work)

    async def unit(self, work: Callable[[TransactionOnThread], Coroutine[Any, Any, _T]]) -> _T:
        """One unit of work on anything, in one trip, alone on the writing connection."""

        def trip(connection: sqlite3.Connection) -> _T:
            begin(connection)
            try:
                done = at_once(work(TransactionOnThread(connection, self._bind)))
                commit(connection)
            except BaseException:
                roll_back(connection)
                raise
            return done

        async with self._alone():
            return await retry_locked(lambda: self._writer.trip(trip), self._closing)

    async def read(self, *queries: Query) -> list[list[Row]]:
        """Read on the reading connection, all in one trip and as of one moment."""
        return await self._reader.read(queries)

    async def view(self, work: UnitOfReading[_T]) -> _T:
        """Read on the reading connection what depends on what was read before, in one trip and as of one moment."""
        return await self._reader.view(work)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """One unit of work on anything that waits for more than its statements, alone on the writing connection."""
        async with self._alone():
            transaction = SqliteTransaction(self._writer, self._bind, self._closing)
            try:
                yield transaction
                if transaction.begun:
                    await self._writer.trip(commit)
            except Exception:
                await self._undo()
                raise

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Read with a statement of SQLite's own."""
        (rows,) = await self._reader.read([(sql, values)])
        return rows

    async def outside(self, sql: str) -> list[Row]:
        """Run one statement on the writing connection that must not stand in any transaction."""
        async with self._alone():
            done = await retry_locked(lambda: self._writer.trip(lambda writer: run(writer, sql)), self._closing)
            return done.rows

    async def save_copy(self, name: str) -> str:
        """Put a whole copy beside the file while it is in use, named after it; returns where."""
        return str(await to_the_end(asyncio.to_thread(save_copy, self._path, name)))

    async def truncate_wal(self) -> bool:
        """Fold the -wal into the file and leave nothing in it; False when somebody reads from it just now.

        Most of it is done beside whoever writes meanwhile, so that nobody waits long.
        """
        with translating():
            await to_the_end(asyncio.to_thread(_fold, self._path))
        ((busy, *_),) = await self.outside(TRUNCATE_WAL)
        return not busy

    async def close(self) -> None:
        """Take no more work and let the transaction under way end."""
        self._closing.set()
        await to_the_end(self._rest())

    async def _rest(self) -> None:
        async with self._writing:
            return

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nobody else writes meanwhile; when this is cancelled, nothing is left of what was not committed."""
        async with self._writing:
            if self._closing.is_set():
                raise DatabaseError(SqliteFailure.CLOSED)
            self._refuse_if_moved()
            with translating():
                try:
                    yield
                except asyncio.CancelledError:
                    await self._undo()
                    raise

    async def _undo(self) -> None:
        # What a cancelled caller asked for is done in its turn all the same, and this comes after it.
        await to_the_end(self._writer.trip(roll_back))

    def _refuse_if_moved(self) -> None:
        if _file(self._path) != self._file:
            raise DatabaseError(SqliteFailure.MOVED)


class SqliteReader:
    """A SQLite file that is only read."""

    def __init__(self, connection: SqliteConnection, clock: Callable[[], int]) -> None:
        self._reader = _ReadTransaction(connection, Binding(clock), asyncio.Event())

    async def read(self, *queries: Query) -> list[list[Row]]:
        """Read, all in one trip and as of one moment."""
        return await self._reader.read(queries)

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Read with a statement of SQLite's own."""
        (rows,) = await self._reader.read([(sql, values)])
        return rows

    async def write(self, statement: Statement, *values: Value) -> list[Row]:  # noqa: ARG002 - refused
        """Refuse. Raises StoreError."""
        raise DatabaseError(SqliteFailure.READ_ONLY)

    async def view(self, work: UnitOfReading[_T]) -> _T:
        """Read what depends on what was read before, in one trip and as of one moment."""
        return await self._reader.view(work)

    async def session(self, which: Which, work: UnitOfWork[_T]) -> _T:  # noqa: ARG002 - refused
        """Refuse. Raises StoreError."""
        raise DatabaseError(SqliteFailure.READ_ONLY)


async def schema_version(path: Path) -> int:
    """The newest migration that a file has had; 0 when it has none. Changes nothing in it.

    Raises StoreError when the file cannot be opened, is not whole, or is another program's. (aiosqlite cannot ask that:
    a thread of its outlives a connection that fails.)
    """
    with translating():
        return await asyncio.to_thread(_schema_version, path)


def _fold(path: Path) -> None:
    """Take into the file what stands in its log, as far as nobody is in the way."""
    with closing(sqlite3.connect(_existing(path), uri=True, timeout=0.0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _schema_version(path: Path) -> int:
    # One that is new is private from its first byte on; another program's is not made so.
    if not path.exists():
        keep_private(path)
    version = _read_version(path)
    keep_private(path)
    return version


def _read_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise DatabaseError(SqliteFailure.DAMAGED)
        return version_of(connection)


@asynccontextmanager
async def open_sqlite(path: Path, *, clock: Callable[[], int] = wall_clock) -> AsyncIterator[SqliteDatabase]:
    """Open (and make, where there is none) a SQLite file; close it at the end.

    Its time is what the clock tells, in epoch milliseconds. Raises StoreError when the file cannot be opened or
    written.
    """
    for each in await asyncio.to_thread(keep_private, path):
        log.warning("%s can be read by other users; its owner must run chmod 600 on it", each)
    async with AsyncExitStack() as stack:
        with translating():
            writer = await connect(stack, str(path), PRAGMAS + PROBE + IMPATIENT)
            reader = await connect(stack, str(path), PRAGMAS + IMPATIENT)
        database = SqliteDatabase(path, writer, reader, clock)
        stack.push_async_callback(database.close)
        yield database


@asynccontextmanager
async def open_for_reading(path: Path) -> AsyncIterator[SqliteReader]:
    """Open a SQLite file that is there, to read it also while a bot uses it; close it at the end.

    Raises StoreError when it cannot be opened.
    """
    async with AsyncExitStack() as stack:
        with translating():
            connection = await connect(stack, _existing(path), READING, uri=True)
        yield SqliteReader(connection, wall_clock)


def _existing(path: Path) -> str:
    """The name of a file that SQLite must not make where there is none."""
    # A thread of aiosqlite's outlives a connection that fails.
    if not path.exists():
        raise DatabaseError(SqliteFailure.NOT_OPENED)
    return f"{path.absolute().as_uri()}?mode=rw"


def _file(path: Path) -> tuple[int, int] | None:
    """Which file has a name; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
