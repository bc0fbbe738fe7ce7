"""Faults of a database in use, each over at the end of its block. They bind everybody, root as well."""

import asyncio
import dataclasses
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from unittest.mock import patch

from chathakase.storage.sqlite import connection
from chathakase.storage.sqlite.driver import SqliteDatabase

PAGE = 4096


@asynccontextmanager
async def pragma(database: SqliteDatabase, fault: str, over: str) -> AsyncIterator[None]:
    await database._writer.execute(f"PRAGMA {fault}")
    try:
        yield
    finally:
        await database._writer.execute(f"PRAGMA {over}")


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def held_by_another_process(path: Path) -> AsyncIterator[None]:
    """Another program writes and does not let go."""
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, path, stdin=pipe, stdout=pipe)
    assert other.stdout is not None
    try:
        assert await other.stdout.readline() == b"held\n"
        yield
    finally:
        await other.communicate(b"")


@asynccontextmanager
async def locked(database: SqliteDatabase) -> AsyncIterator[None]:
    """Another program holds the write lock for longer than we wait."""
    with patch.object(connection, "LOCKED", dataclasses.replace(connection.LOCKED, within=0.02)):
        async with held_by_another_process(database._path):
            yield


@contextmanager
def file_sizes_up_to(most: int) -> Iterator[None]:
    """The system makes no file of this process longer, as when a disk fails or a quota is used up.

    (Python ignores the signal that comes with it.)
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def failing(database: SqliteDatabase) -> AsyncIterator[None]:
    with file_sizes_up_to(Path(f"{database._path}-wal").stat().st_size):
        yield


def full(database: SqliteDatabase) -> AbstractAsyncContextManager[None]:
    return pragma(database, "max_page_count = 1", "max_page_count = 1073741823")


def read_only(database: SqliteDatabase) -> AbstractAsyncContextManager[None]:
    return pragma(database, "query_only = ON", "query_only = OFF")


@asynccontextmanager
async def damaged(database: SqliteDatabase) -> AsyncIterator[None]:
    """Garbage stands where the tables were, also for connections that have read them before."""
    path = database._path
    async with database._writing:
        await database._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = path.read_bytes()
        await replace(database, b"\xff" * (len(whole) - PAGE))
    yield
    async with database._writing:
        await replace(database, whole[PAGE:])


@asynccontextmanager
async def moved(database: SqliteDatabase) -> AsyncIterator[None]:
    """Somebody puts another file in the place of the open one."""
    path, aside = database._path, database._path.with_suffix(".aside")
    path.rename(aside)
    path.touch()
    try:
        yield
    finally:
        aside.replace(path)


async def replace(database: SqliteDatabase, content: bytes) -> None:
    overwrite(database._path, PAGE, content)
    for opened in (database._writer, database._reader.connection):
        await opened.execute("PRAGMA shrink_memory")


def overwrite(path: Path, where: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(where)
        file.write(content)
