"""Whatever was forgotten in whichever way: its words are in no byte of the database's file and log seconds later."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chathakase.core.files import Image, Reading
from chathakase.core.jobs import Command, Job
from chathakase.core.memory import Change, Scope, TitleBy
from chathakase.core.types import Expiry, ExpiryMode
from chathakase.storage.sqlite import wal_truncation as wal_truncation_module
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.sqlite.wal_truncation import WalTruncation
from tests.storage.database_stores import (
    FILE,
    HERE,
    ID,
    PLACE,
    TIMEOUT,
    DatabaseClock,
    DatabaseStores,
    answer,
    said,
    stores_of,
)
from tests.storage.first_version import first_version

WORDS = "the whole text about swordfish und Bäume"
Deed = Callable[[DatabaseStores], Awaitable[object]]


def left(database: Path, words: str = WORDS) -> list[str]:
    """Which of the files hold some words."""
    files = [each for each in database.parent.iterdir() if each.name.startswith(database.name)]
    return sorted(each.name for each in files if words.encode() in each.read_bytes())


async def _change(stores: DatabaseStores, text: str | None) -> None:
    now = None if text is None else said("1.0", text)
    assert await stores.changes.change(Change(PLACE, "1.0", 10**16, now))


async def _forget(stores: DatabaseStores, scope: Scope) -> None:
    ref = "1.0" if scope is Scope.ONE else "9.0"
    if scope is not Scope.ONE:
        await stores.say(ref, "forget", command=True)
    assert await stores.forgetting.forget(scope, author="U1", session=HERE, before=ref)


async def _clear(stores: DatabaseStores) -> None:
    await stores.say("9.0", "clear session", command=True)
    assert await stores.clear("9.0")


async def _expire(stores: DatabaseStores) -> None:
    stores.clock.now += TIMEOUT * 2
    stores.forgetting._expiring.expiry = Expiry(TIMEOUT, ExpiryMode.DELETE)
    assert await stores.forgetting.expire()


async def _prune(stores: DatabaseStores) -> None:
    stores.clock.now += TIMEOUT * 2
    assert await stores.forgetting.prune(idle=TIMEOUT)


DEEDS: dict[str, Deed] = {
    "edited": lambda stores: _change(stores, "something else"),
    "deleted": lambda stores: _change(stores, None),
    **{f"forget {scope}": (lambda stores, scope=scope: _forget(stores, scope)) for scope in Scope},  # type: ignore[misc]
    "clear session": _clear,
    "expired": _expire,
    "pruned": _prune,
}


@pytest.fixture
async def told(stores: DatabaseStores) -> DatabaseStores:
    """Stores in which a message, a file of it, a summary and a title hold the words, and the log is as full as ever."""
    await stores.say("1.0", f"1 {WORDS}", files=(FILE,))
    for unread in await stores.files.unread(ID, limit=9):
        image = Image("image/png", f"3 {WORDS}".encode())
        await stores.files.note_reading(unread.id, Reading(f"2 {WORDS}", image=image))
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["5.0"])
    assert await stores.turns.finish(lease, answer("an answer"))
    assert await stores.sum_up(f"4 {WORDS}")
    await stores.titles.set_title(ID, f"5 {WORDS}", by=TitleBy.MODEL)
    return stores


@pytest.mark.parametrize("deed", list(DEEDS))
async def test_what_is_forgotten_leaves_the_file_and_its_log(deed: str, told: DatabaseStores, database: Path) -> None:
    assert left(database)
    await DEEDS[deed](told)
    await told.wal_truncation.truncate_wal()
    assert left(database) == []


async def test_an_answer_that_is_deleted_leaves_it(stores: DatabaseStores, database: Path) -> None:
    await stores.say("1.0", "hello")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["5.0"])
    assert await stores.turns.finish(lease, answer(WORDS))
    await stores.changes.change(Change(PLACE, "5.0", 10**16, None))
    assert left(database)
    await stores.wal_truncation.truncate_wal()
    assert left(database) == []


async def test_a_title_and_the_argument_of_a_command_leave_it(stores: DatabaseStores, database: Path) -> None:
    await stores.say("1.0", "hello")
    await stores.titles.set_title(ID, WORDS, by=TitleBy.PERSON)
    command = Command(PLACE, "2.0", "U1", "rename session", WORDS)
    assert await stores.jobs.enqueue(Job(command))
    await stores.titles.set_title(ID, "harmless", by=TitleBy.PERSON)
    await stores.jobs.done(Job(command))
    assert left(database)
    await stores.wal_truncation.truncate_wal()
    assert left(database) == []


async def test_nothing_is_done_where_nothing_was_forgotten(
    stores: DatabaseStores, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stores.wal_truncation.truncate_wal()
    emptied = []

    async def empty(_: SqliteDatabase) -> bool:
        emptied.append(1)
        return True

    await stores.answered("1.0", WORDS, "an answer", author="U1")
    await stores.say("2.0", "help", command=True)
    await stores.jobs.done(Job(Command(PLACE, "2.0", "U1", "help")))
    assert await stores.sum_up("so far")
    await stores.titles.set_title(ID, "a first title", by=TitleBy.RULE)
    monkeypatch.setattr(SqliteDatabase, "truncate_wal", empty)
    await stores.wal_truncation.truncate_wal()
    assert emptied == []
    assert left(database)
    await _change(stores, None)
    await stores.wal_truncation.truncate_wal()
    await stores.wal_truncation.truncate_wal()
    assert emptied == [1]


async def test_what_is_forgotten_while_the_log_is_emptied_is_noted_anew(stores: DatabaseStores, database: Path) -> None:
    await stores.say("1.0", WORDS)
    await stores.say("2.0", f"once more {WORDS}")
    await _change(stores, None)
    empty = stores.database.truncate_wal

    async def forget_meanwhile() -> bool:
        done = await empty()
        stores.database.truncate_wal = empty  # type: ignore[method-assign]
        await stores.changes.change(Change(PLACE, "2.0", 10**16, None))
        return done

    stores.database.truncate_wal = forget_meanwhile  # type: ignore[method-assign]
    await stores.wal_truncation.truncate_wal()
    assert left(database)
    await stores.wal_truncation.truncate_wal()
    assert left(database) == []


async def test_a_reader_in_the_way_is_waited_for(
    stores: DatabaseStores, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal_truncation_module, "BUSY", replace(wal_truncation_module.BUSY, retries=10_000))
    await stores.say("1.0", WORDS)
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM messages").fetchall()
        await _change(stores, None)
        wal_truncation = asyncio.create_task(stores.wal_truncation.truncate_wal())
        await asyncio.sleep(0.05)
        # Nobody else waits for that.
        await stores.say("2.0", "hello")
        assert not wal_truncation.done()
        reader.execute("COMMIT")
        await wal_truncation
    assert left(database) == []


async def test_a_reader_that_stays_is_no_reason_to_wait_for_ever(
    stores: DatabaseStores, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal_truncation_module, "BUSY", replace(wal_truncation_module.BUSY, first_wait=0.001))
    await stores.say("1.0", WORDS)
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM messages").fetchall()
        await _change(stores, None)
        await stores.wal_truncation.truncate_wal()
        assert left(database)
    await stores.wal_truncation.truncate_wal()
    assert left(database) == []


async def test_after_a_crash_the_next_start_empties_it(stores: DatabaseStores, database: Path, tmp_path: Path) -> None:
    await stores.say("1.0", WORDS)
    await _change(stores, None)
    crashed = tmp_path / "crashed" / database.name
    crashed.parent.mkdir()
    for each in database.parent.iterdir():
        if each.name.startswith(database.name):
            (crashed.parent / each.name).write_bytes(each.read_bytes())
    assert left(crashed)
    async with open_sqlite(crashed, clock=DatabaseClock()) as opened:
        await migrate(opened, now=0)
        await WalTruncation(opened).truncate_wal()
        assert left(crashed) == []


async def test_no_copy_holds_what_was_forgotten_before(stores: DatabaseStores, database: Path) -> None:
    for number in range(1, 30):
        await stores.say(f"{number}.0", f"{WORDS} {number}" * 20)
    await stores.say("90.0", "clear session", command=True)
    assert await stores.clear("90.0")
    await stores.wal_truncation.truncate_wal()
    await stores.database.save_copy("before-99")
    assert left(database) == []


async def test_the_log_of_an_older_version_is_emptied_as_well(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        await migrate(opened, now=0)
        assert await opened.fetch("SELECT state FROM unemptied") == [(1,)]
        stores = stores_of(opened)
        await stores.wal_truncation.truncate_wal()
        assert await opened.fetch("SELECT state FROM unemptied") == []


async def test_nothing_is_written_beside_the_database(open_database: SqliteDatabase) -> None:
    assert await open_database.fetch("PRAGMA temp_store") == [(2,)]
    async with open_database.transaction() as transaction:
        assert await transaction.fetch("PRAGMA temp_store") == [(2,)]
        assert await transaction.fetch("PRAGMA secure_delete") == [(1,)]
