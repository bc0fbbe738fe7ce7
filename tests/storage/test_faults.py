"""A disk or a file that fails: told in plain words, nothing half done, and all is well when the trouble is over."""

import resource
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.storage.migrate import migrate
from chathakase.storage.sqlite import open_sqlite, schema_version
from chathakase.storage.trouble import DatabaseTrouble, Trouble
from tests.storage.stores import ID, Stores, answer

PAGE = 4096


@asynccontextmanager
async def pragma(stores: Stores, trouble: str, over: str) -> AsyncIterator[None]:
    await stores.database._writer.execute(f"PRAGMA {trouble}")
    yield
    await stores.database._writer.execute(f"PRAGMA {over}")


@asynccontextmanager
async def locked(stores: Stores) -> AsyncIterator[None]:
    """Somebody else writes, for longer than we wait."""
    with closing(sqlite3.connect(stores.database._path, isolation_level=None)) as other:
        async with pragma(stores, "busy_timeout = 20", "busy_timeout = 5000"):
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


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
async def failing(stores: Stores) -> AsyncIterator[None]:
    with file_sizes_up_to(Path(f"{stores.database._path}-wal").stat().st_size):
        yield


def full(stores: Stores) -> AbstractAsyncContextManager[None]:
    return pragma(stores, "max_page_count = 1", "max_page_count = 1073741823")


def read_only(stores: Stores) -> AbstractAsyncContextManager[None]:
    return pragma(stores, "query_only = ON", "query_only = OFF")


@asynccontextmanager
async def damaged(stores: Stores) -> AsyncIterator[None]:
    """Garbage stands where the tables were, also for connections that have read them before."""
    path = stores.database._path
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    overwrite(path, PAGE, b"\xff" * (len(whole) - PAGE))
    await forget_pages(stores)
    yield
    overwrite(path, 0, whole)
    await forget_pages(stores)


async def forget_pages(stores: Stores) -> None:
    for connection in (stores.database._writer, stores.database._reader._connection):
        await connection.execute("PRAGMA shrink_memory")


def overwrite(path: Path, where: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(where)
        file.write(content)


@pytest.mark.parametrize(
    ("strikes", "trouble", "told"),
    [
        (locked, Trouble.LOCKED, "another program"),
        (full, Trouble.FULL, "make room"),
        (read_only, Trouble.READ_ONLY, "allow writing"),
        (failing, Trouble.DISK, "SQLITE_IOERR_WRITE"),
        (damaged, Trouble.DAMAGED, "put a backup in its place"),
    ],
)
async def test_a_trouble_is_told_and_leaves_nothing_half_done(
    strikes: Callable[[Stores], AbstractAsyncContextManager[None]], trouble: Trouble, told: str, stores: Stores
) -> None:
    await stores.say("1", "before")
    lease = await stores.claimed()
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: stores.say("2", "x" * PAGE * 9),
        lambda: stores.turns.finish(lease, answer("y" * PAGE * 9)),
        lambda: stores.turns.finish(lease, answer("y" * PAGE * 9)),
    ]
    async with strikes(stores):
        for attempt in tries:
            with pytest.raises(StoreError, match=told) as raised:
                await attempt()
            assert isinstance(raised.value, DatabaseTrouble)
            assert raised.value.trouble is trouble
            assert "xxx" not in str(raised.value)
    assert await stores.database.fetch("SELECT seq, asked, answered, lease_owner FROM sessions") == [
        (1, 1, 0, lease.owner)
    ]
    assert await stores.count("messages") == 1
    assert await stores.count("turns") == 0
    assert await stores.say("2", "after")
    assert await stores.turns.finish(lease, answer("the answer"))
    assert await stores.database.fetch("PRAGMA integrity_check") == [("ok",)]


async def test_what_is_damaged_is_told_to_readers_too(stores: Stores) -> None:
    await stores.say("1", "before")
    async with damaged(stores):
        with pytest.raises(StoreError, match="put a backup in its place"):
            await stores.sessions.info(ID)
    assert await stores.sessions.info(ID) is not None


def garbage(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def no_header(path: Path) -> None:
    overwrite(path, 0, b"\0" * 100)


def garbled_pages(path: Path) -> None:
    overwrite(path, 2 * PAGE, b"\xff" * 2 * PAGE)


def half_of_it(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def notes(path: Path) -> None:
    path.write_text("my notes")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (garbage, Trouble.NO_DATABASE),
        (no_header, Trouble.NO_DATABASE),
        (garbled_pages, Trouble.DAMAGED),
        (half_of_it, Trouble.DAMAGED),
        (notes, Trouble.NO_DATABASE),
        (a_folder, Trouble.NOT_OPENED),
    ],
)
async def test_what_is_not_whole_is_found_before_it_is_used(
    spoil: Callable[[Path], None], trouble: Trouble, database: Path
) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    spoil(database)
    before = database.read_bytes() if database.is_file() else b""
    with pytest.raises(DatabaseTrouble) as raised:
        await schema_version(database)
    assert raised.value.trouble is trouble
    with suppress(IsADirectoryError):
        assert database.read_bytes() == before


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="its folder must exist"):
        await schema_version(tmp_path / "no" / "such.db")
    with pytest.raises(DatabaseTrouble, match="its folder must exist"):
        async with open_sqlite(tmp_path / "no" / "such.db"):
            pass


async def test_a_closed_database_says_so(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    with pytest.raises(StoreError, match="closed"):
        await opened.fetch("SELECT 1")
    with pytest.raises(StoreError, match="closed"):
        async with opened.transaction():
            pass
