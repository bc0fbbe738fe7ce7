"""The SQLite driver: one writing and one reading connection in WAL mode, the only door to aiosqlite."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Literal, TypeVar

import aiosqlite

from chathakase.storage.database import Row, Value
from chathakase.storage.sqlite.backup import save_copy
from chathakase.storage.sqlite.private import keep_private
from chathakase.storage.sqlite.trouble import DatabaseTrouble, Trouble, trouble_of
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

PATIENCE = 5.0
"""Seconds that a transaction waits for another program to end its own."""
LOOK_AGAIN = 0.01
"""Seconds between two looks whether it has."""
# What SQLite itself waits for cannot be cut short, so once a file is open that is the task's to do.
IMPATIENT = "PRAGMA busy_timeout = 0"

EMPTY_THE_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"

log = logging.getLogger(__name__)

_PARAMETER = re.compile(r"\$(\d+)")
_T = TypeVar("_T")


class SqliteTransaction:
    """Statements on a connection that nobody else uses meanwhile.

    The first statement that writes begins the transaction (``isolation_level``), which saves a trip to the thread.
    """

    def __init__(self, connection: aiosqlite.Connection, closing: asyncio.Event) -> None:
        self._connection = connection
        self._closing = closing

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""
        rows = await self._patiently(lambda: self._connection.execute_fetchall(_numbered(sql), values))
        return [tuple(row) for row in rows]

    async def execute(self, sql: str, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""
        cursor = await self._patiently(lambda: self._connection.execute(_numbered(sql), values))
        try:
            return cursor.rowcount
        finally:
            await cursor.close()

    async def script(self, sql: str) -> None:
        """Run several statements, without the commit that sqlite3's own executescript begins with."""
        if not self._connection.in_transaction:
            await self.fetch("BEGIN IMMEDIATE")
        for statement in _statements(sql):
            await self.fetch(statement)

    async def _patiently(self, statement: Callable[[], Awaitable[_T]]) -> _T:
        """Run a statement; the first one waits while another program holds the lock, and may be cancelled."""
        ends = monotonic() + PATIENCE
        while True:
            try:
                return await statement()
            except sqlite3.OperationalError as error:
                waits = trouble_of(error).trouble is Trouble.LOCKED and not self._connection.in_transaction
                if not waits or monotonic() >= ends:
                    raise
            if self._closing.is_set():
                raise DatabaseTrouble(Trouble.CLOSED)
            await asyncio.sleep(LOOK_AGAIN)


class SqliteDatabase:
    """A SQLite file with its two connections."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._path = path.absolute()
        self._file = _file(path)
        self._writer = writer
        self._writing = asyncio.Lock()
        self._closing = asyncio.Event()
        self._reader = SqliteTransaction(reader, self._closing)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """One unit of work, alone on the writing connection."""
        async with self._writing:
            self._refuse_if_closed()
            self._refuse_if_moved()
            with _translating():
                try:
                    yield SqliteTransaction(self._writer, self._closing)
                    await self._writer.commit()
                except BaseException:
                    # What a cancelled caller asked for is done in its turn all the same, and this comes after it.
                    await _to_the_end(self._writer.rollback())
                    raise

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Read on the reading connection, which never waits for a writer."""
        self._refuse_if_closed()
        with _translating():
            return await self._reader.fetch(sql, *values)

    async def save_copy(self, name: str) -> str:
        """Put a whole copy beside the file while it is in use, named after it; returns where."""
        return str(await _to_the_end(asyncio.to_thread(save_copy, self._path, name)))

    async def empty_log(self) -> bool:
        """Fold the -wal into the file and leave nothing in it; False when somebody reads from it just now.

        Most of it is done beside whoever writes meanwhile, so that nobody waits long.
        """
        with _translating():
            await _to_the_end(asyncio.to_thread(_fold, self._path))
        async with self.transaction() as transaction:
            ((busy, *_),) = await transaction.fetch(EMPTY_THE_LOG)
        return not busy

    async def close(self) -> None:
        """Take no more work and let the transaction under way end."""
        self._closing.set()
        await _to_the_end(self._rest())

    async def _rest(self) -> None:
        async with self._writing:
            return

    def _refuse_if_closed(self) -> None:
        if self._closing.is_set():
            raise DatabaseTrouble(Trouble.CLOSED)

    def _refuse_if_moved(self) -> None:
        if _file(self._path) != self._file:
            raise DatabaseTrouble(Trouble.MOVED)


class SqliteReader:
    """A SQLite file that is only read."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._reader = SqliteTransaction(connection, asyncio.Event())

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""
        with _translating():
            return await self._reader.fetch(sql, *values)

    def transaction(self) -> AbstractAsyncContextManager[SqliteTransaction]:
        """Refuse. Raises StoreError."""
        raise DatabaseTrouble(Trouble.READ_ONLY)

    async def save_copy(self, name: str) -> str:
        """Refuse. Raises StoreError."""
        raise DatabaseTrouble(Trouble.READ_ONLY, name)

    async def empty_log(self) -> bool:
        """Refuse. Raises StoreError."""
        raise DatabaseTrouble(Trouble.READ_ONLY)


async def schema_version(path: Path) -> int:
    """The newest migration that a file has had; 0 when it has none. Changes nothing in it.

    Raises StoreError when the file cannot be opened, is not whole, or is another program's. (aiosqlite cannot ask that:
    a thread of its outlives a connection that fails.)
    """
    with _translating():
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
            raise DatabaseTrouble(Trouble.DAMAGED)
        return version_of(connection)


@asynccontextmanager
async def open_sqlite(path: Path) -> AsyncIterator[SqliteDatabase]:
    """Open (and make, where there is none) a SQLite file; close it at the end.

    Raises StoreError when the file cannot be opened or written.
    """
    for each in await asyncio.to_thread(keep_private, path):
        log.warning("%s can be read by other users; its owner must run chmod 600 on it", each)
    async with AsyncExitStack() as stack:
        with _translating():
            writer = await _open(stack, str(path), PRAGMAS + PROBE + IMPATIENT, isolation_level="IMMEDIATE")
            reader = await _open(stack, str(path), PRAGMAS + IMPATIENT, isolation_level=None)
        database = SqliteDatabase(path, writer, reader)
        stack.push_async_callback(database.close)
        yield database


@asynccontextmanager
async def open_for_reading(path: Path) -> AsyncIterator[SqliteReader]:
    """Open a SQLite file that is there, to read it also while a bot uses it; close it at the end.

    Raises StoreError when it cannot be opened.
    """
    async with AsyncExitStack() as stack:
        with _translating():
            connection = await _open(stack, _existing(path), READING, isolation_level=None, uri=True)
        yield SqliteReader(connection)


async def _open(
    stack: AsyncExitStack, name: str, script: str, *, isolation_level: Literal["IMMEDIATE"] | None, uri: bool = False
) -> aiosqlite.Connection:
    connection = aiosqlite.connect(name, isolation_level=isolation_level, uri=uri)
    stack.push_async_callback(connection.close)
    # A connection that is given up while it opens would leave its thread behind.
    await _to_the_end(connection)
    await connection.executescript(script)
    return connection


async def _to_the_end(work: Awaitable[_T]) -> _T:
    """Wait for work that must not be left half done, also when the caller is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()
    raise cancelled


@contextmanager
def _translating() -> Iterator[None]:
    """Raise SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise trouble_of(error) from error


def _existing(path: Path) -> str:
    """The name of a file that SQLite must not make where there is none."""
    # A thread of aiosqlite's outlives a connection that fails.
    if not path.exists():
        raise DatabaseTrouble(Trouble.NOT_OPENED)
    return f"{path.absolute().as_uri()}?mode=rw"


def _file(path: Path) -> tuple[int, int] | None:
    """Which file has a name; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _numbered(sql: str) -> str:
    """Write parameters as SQLite does: ``$1`` means a name there, ``?1`` a position."""
    return _PARAMETER.sub(r"?\1", sql)


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
