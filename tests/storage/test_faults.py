"""A disk or a file that fails: told in plain words, nothing half done, and all is well when the failure is over."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite, schema_version
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure
from tests.rights import without_rights
from tests.storage.database_faults import PAGE, damaged, failing, full, locked, moved, overwrite, read_only
from tests.storage.database_stores import ID, DatabaseStores, answer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("fault", "failure", "told"),
    [
        (locked, SqliteFailure.LOCKED, "another program"),
        (full, SqliteFailure.FULL, "make room"),
        (read_only, SqliteFailure.READ_ONLY, "allow writing"),
        (failing, SqliteFailure.DISK, "SQLITE_IOERR_WRITE"),
        (damaged, SqliteFailure.DAMAGED, "restore a backup"),
        (moved, SqliteFailure.MOVED, "put it back"),
    ],
)
@pytest.mark.usefixtures("outside")
async def test_a_fault_is_told_and_leaves_nothing_half_done(
    fault: Callable[[SqliteDatabase], AbstractAsyncContextManager[None]],
    failure: SqliteFailure,
    told: str,
    stores: DatabaseStores,
) -> None:
    await stores.say("1", "before")
    lease = await stores.claimed()
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: stores.say("2", "x" * PAGE * 9),
        lambda: stores.turns.finish(lease, answer("y" * PAGE * 9)),
        lambda: stores.turns.finish(lease, answer("y" * PAGE * 9)),
    ]
    async with fault(stores.database):
        for attempt in tries:
            with pytest.raises(StoreError, match=told) as raised:
                await attempt()
            assert isinstance(raised.value, DatabaseError)
            assert raised.value.failure is failure
            assert "xxx" not in str(raised.value)
    assert await stores.database.fetch("SELECT seq, asked, answered, lease_owner FROM sessions") == [
        (1, 1, 0, lease.owner)
    ]
    assert await stores.count("messages") == 1
    assert await stores.count("turns") == 0
    assert await stores.say("2", "after")
    assert await stores.turns.finish(lease, answer("the answer"))
    assert await stores.database.fetch("PRAGMA integrity_check") == [("ok",)]


async def test_what_is_damaged_is_told_to_readers_too(stores: DatabaseStores) -> None:
    await stores.say("1", "before")
    async with damaged(stores.database):
        with pytest.raises(StoreError, match="restore a backup"):
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
    ("spoil", "failure"),
    [
        (garbage, SqliteFailure.NO_DATABASE),
        (no_header, SqliteFailure.NO_DATABASE),
        (garbled_pages, SqliteFailure.DAMAGED),
        (half_of_it, SqliteFailure.DAMAGED),
        (notes, SqliteFailure.NO_DATABASE),
        (a_folder, SqliteFailure.NOT_OPENED),
    ],
)
async def test_what_is_not_whole_is_found_before_it_is_used(
    spoil: Callable[[Path], None], failure: SqliteFailure, database: Path
) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    spoil(database)
    before = database.read_bytes() if database.is_file() else b""
    with pytest.raises(DatabaseError) as raised:
        await schema_version(database)
    assert raised.value.failure is failure
    with suppress(IsADirectoryError):
        assert database.read_bytes() == before


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="its folder must exist"):
        await schema_version(tmp_path / "no" / "such.db")
    with pytest.raises(DatabaseError, match="its folder must exist"):
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


def test_what_may_only_be_read_is_told_at_start(database: Path) -> None:
    asyncio.run(start(database))
    database.chmod(0o400)
    assert without_rights(lambda: refusal(database)) is SqliteFailure.READ_ONLY
    database.chmod(0o600)
    database.parent.chmod(0o500)
    told = without_rights(lambda: refusal(database))
    database.parent.chmod(0o700)
    assert told is SqliteFailure.READ_ONLY


async def start(database: Path) -> None:
    await schema_version(database)
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)


def refusal(database: Path) -> SqliteFailure | None:
    try:
        asyncio.run(start(database))
    except DatabaseError as error:
        return error.failure
    return None
