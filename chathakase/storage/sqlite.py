"""The SQLite driver: one writing and one reading connection in WAL mode, the only door to aiosqlite."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import aiosqlite

from chathakase.core.errors import StoreError
from chathakase.storage.database import Row, Value

PRAGMAS = """
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
"""

_PARAMETER = re.compile(r"\$(\d+)")


class SqliteTransaction:
    """Statements on a connection that nobody else uses meanwhile.

    The first statement that writes begins the transaction (``isolation_level``), which saves a trip to the thread.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement and return its rows."""
        return [tuple(row) for row in await self._connection.execute_fetchall(_numbered(sql), values)]

    async def execute(self, sql: str, *values: Value) -> int:
        """Run one statement and return how many rows it changed."""
        async with self._connection.execute(_numbered(sql), values) as cursor:
            return cursor.rowcount

    async def script(self, sql: str) -> None:
        """Run several statements, without the commit that sqlite3's own executescript begins with."""
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")
        for statement in _statements(sql):
            await self._connection.execute_fetchall(statement)


class SqliteDatabase:
    """A SQLite file with its two connections."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._writer = writer
        self._reader = SqliteTransaction(reader)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        """One unit of work, alone on the writing connection."""
        async with self._writing:
            try:
                yield SqliteTransaction(self._writer)
                await _to_the_end(self._writer.commit())
            except BaseException as error:
                # A cancelled aiosqlite call still runs, so the transaction may be open whatever was raised.
                await _to_the_end(self._writer.rollback())
                if isinstance(error, sqlite3.Error):
                    raise _translated(error) from error
                raise

    async def fetch(self, sql: str, *values: Value) -> list[Row]:
        """Read on the reading connection, which never waits for a writer."""
        try:
            return await self._reader.fetch(sql, *values)
        except sqlite3.Error as error:
            raise _translated(error) from error


async def schema_version(path: Path) -> int:
    """The newest migration that a file has had; 0 when it has none. Changes nothing in it.

    Raises StoreError when the file cannot be opened. (aiosqlite cannot ask that: a thread of its outlives a connection
    that fails.)
    """
    try:
        return await asyncio.to_thread(_schema_version, path)
    except sqlite3.Error as error:
        raise _translated(error) from error


def _schema_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'").fetchone():
            return 0
        return int(connection.execute("SELECT coalesce(max(version), 0) FROM schema_migrations").fetchone()[0])


@asynccontextmanager
async def open_sqlite(path: Path) -> AsyncIterator[SqliteDatabase]:
    """Open (and make, where there is none) a SQLite file; close it at the end.

    Raises StoreError when the file cannot be opened.
    """
    async with AsyncExitStack() as stack:
        try:
            writer = await stack.enter_async_context(aiosqlite.connect(path, isolation_level="IMMEDIATE"))
            await writer.executescript(PRAGMAS)
            reader = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None))
            await reader.executescript(PRAGMAS)
        except sqlite3.Error as error:
            raise _translated(error) from error
        yield SqliteDatabase(writer, reader)


async def _to_the_end(work: Awaitable[None]) -> None:
    """Wait for work that must not be left half done, also when the caller is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


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


def _translated(error: sqlite3.Error) -> StoreError:
    return StoreError(f"the database refused: {error}")
