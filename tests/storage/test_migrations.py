"""How a database comes to the newest version, and what becomes of what is in it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import Wish
from chathakase.storage.migrate import LEDGER, _apply, migrate, migrations, refuse_newer
from chathakase.storage.sqlite import SqliteDatabase, open_sqlite, schema_version
from tests.storage.stores import ID, Stores, answer, stores_of
from tests.storage.strikes import PAGE, file_sizes_up_to, overwrite

FIRST_VERSION = """
INSERT INTO sessions (id, channel, thread, seq, asked, answered, began_at, active_at)
VALUES ('C1_1.000001', 'C1', '1.000001', 7, 6, 4, 1, 2);
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, at) VALUES
    ('C1_1.000001', 1, 'cleared', '', '', '1', NULL, 1),
    ('C1_1.000001', 2, 'cleared', '', '', 't1', 1, 1),
    ('C1_1.000001', 3, 'command', 'clear session', 'U9', '3', NULL, 1),
    ('C1_1.000001', 4, 'user', 'q2', 'U1', '4', NULL, 1),
    ('C1_1.000001', 5, 'assistant', 'a2', '', 't2', 4, 1),
    ('C1_1.000001', 6, 'user', 'q3', 'U2', '6', NULL, 1);
INSERT INTO turns VALUES ('t1', 'C1_1.000001', 1, 1, 'answered', '', 'm', 1, 1, '["1.1"]', 1, 2);
INSERT INTO turns VALUES ('t2', 'C1_1.000001', 4, 1, 'partial', 'length', 'm', 1, 1, '["4.1"]', 1, 2);
"""
"""A session of the first version: something cleared, an answer that broke off, a question that waits."""


async def first_version(opened: SqliteDatabase) -> None:
    async with opened.transaction() as transaction:
        await transaction.execute(LEDGER)
    async with opened.transaction() as transaction:
        await _apply(transaction, migrations()[0], 0)
    async with opened.transaction() as transaction:
        await transaction.script(FIRST_VERSION)


def everything(path: Path) -> list[str]:
    """All that is in a file, and whether it is whole."""
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump(), *connection.execute("PRAGMA integrity_check").fetchone()]


@pytest.fixture
async def migrated(database: Path) -> AsyncIterator[Stores]:
    """The stores on a database that was of version 1, with data in it."""
    async with open_sqlite(database) as opened:
        await first_version(opened)
        assert [migration.version for migration in await migrate(opened, now=0)] == [
            migration.version for migration in migrations()[1:]
        ]
        yield stores_of(opened)


async def test_what_was_said_in_the_first_version_counts_as_asking(migrated: Stores) -> None:
    rows = await migrated.database.fetch("SELECT seq FROM messages WHERE asks = 1 ORDER BY seq")
    assert rows == [(1,), (4,), (6,)]
    assert await migrated.database.fetch("SELECT DISTINCT run, wish FROM turns") == [(1, None)]
    assert await migrated.sessions.people(ID) == {"U1", "U2"}
    assert await migrated.turns.askers(ID, "t2") == {"U1"}
    assert await migrated.turns.askers(ID, "") == {"U2"}


async def test_a_turn_of_the_first_version_is_taken_up_again(migrated: Stores) -> None:
    assert not await migrated.press("t1")
    assert await migrated.press("t2", Wish.CONTINUE)
    again = await migrated.claimed()
    assert (again.turn, again.upto, again.refs, again.wish, again.run) == ("t2", 4, ("4.1",), Wish.CONTINUE, 2)
    assert await migrated.turns.finish(again, answer("a2, whole"))
    assert await migrated.texts() == ["q2", "a2, whole", "q3"]
    assert (await migrated.claimed()).upto == 8


async def test_a_database_knows_its_migrations(open_database: SqliteDatabase) -> None:
    assert await migrate(open_database, now=0) == []
    rows = await open_database.fetch("SELECT version, name FROM schema_migrations ORDER BY version")
    assert rows == [(migration.version, migration.name) for migration in migrations()]
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


async def test_a_newer_database_is_refused_and_not_touched(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
        async with opened.transaction() as transaction:
            await transaction.execute("INSERT INTO schema_migrations VALUES ($1, $2, $3)", 999, "future", 0)
            await transaction.execute("DROP TABLE turns")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before = database.read_bytes()
    with pytest.raises(StoreError, match="version 999"):
        refuse_newer(await schema_version(database))
    assert database.read_bytes() == before


async def test_a_database_is_copied_before_it_is_migrated(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    newest = migrations()[-1].version
    copies = [Path(f"{database}.before-{newest}{number}.db") for number in ("", ".2", ".3")]
    database.touch(mode=0o600)
    async with open_sqlite(database) as opened:
        await first_version(opened)
    before = everything(database)
    copies[0].write_text("of another time")
    copies[1].mkdir()
    with caplog.at_level("INFO"):
        async with open_sqlite(database) as opened:
            await migrate(opened, now=0)
            await migrate(opened, now=0)
    assert everything(copies[2]) == before
    assert copies[2].stat().st_mode & 0o777 == 0o600
    assert copies[0].read_text() == "of another time"
    assert everything(database) != before
    assert sorted(database.parent.glob("*.db.*")) == sorted(copies)
    assert [record.getMessage() for record in caplog.records] == [
        f"The database is migrated from version 1 to {newest}; as it was, it is kept in {copies[2]}"
    ]


async def test_the_copy_holds_what_was_written_last_and_waits_for_nobody(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await first_version(opened)
        async with opened.transaction() as transaction:
            await transaction.execute("UPDATE messages SET text = $1 WHERE seq = 6", "just now")
            copy = await opened.save_copy("by-hand")
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT text FROM messages WHERE seq = 6").fetchone() == ("q3",)
        with closing(sqlite3.connect(await opened.save_copy("by-hand"))) as connection:
            assert connection.execute("SELECT text FROM messages WHERE seq = 6").fetchone() == ("just now",)


async def test_a_new_database_is_not_copied(open_database: SqliteDatabase, database: Path) -> None:
    assert list(database.parent.glob("*.before-*")) == []


async def test_nothing_is_migrated_when_there_is_no_room_for_a_copy(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await first_version(opened)
        before = everything(database)
        with file_sizes_up_to(8192), pytest.raises(StoreError, match="so nothing was changed: the file could not"):
            await migrate(opened, now=0)
    assert everything(database) == before
    assert list(database.parent.glob("*.before-*")) == []


async def test_nothing_is_migrated_where_no_copy_may_be_written(tmp_path: Path) -> None:
    """A name that is nearly too long leaves no room for a longer one, which binds everybody, root as well."""
    database = tmp_path / ("x" * 245)
    async with open_sqlite(database) as opened:
        await first_version(opened)
        before = everything(database)
        with pytest.raises(StoreError, match=r"no copy .*ENAMETOOLONG"):
            await migrate(opened, now=0)
    assert everything(database) == before


async def test_a_damaged_database_is_not_migrated(database: Path) -> None:
    async with open_sqlite(database) as opened:
        await first_version(opened)
        [(page,)] = await opened.fetch("SELECT rootpage FROM sqlite_master WHERE name = 'messages'")
    begin = (int(str(page)) - 1) * PAGE
    overwrite(database, begin, b"\xff" * PAGE)
    content = database.read_bytes()
    async with open_sqlite(database) as opened:
        with pytest.raises(StoreError, match="so nothing was changed: the database is damaged"):
            await migrate(opened, now=0)
    assert database.read_bytes() == content
    assert list(database.parent.glob("*.before-*")) == []


@pytest.mark.parametrize("old", [False, True], ids=["a new file", "a file of the first version"])
async def test_two_processes_may_migrate_at_the_same_time(old: bool, database: Path) -> None:
    async with open_sqlite(database) as one, open_sqlite(database) as other:
        if old:
            await first_version(one)
        done = await asyncio.gather(migrate(one, now=0), migrate(other, now=0))
        versions = [migration.version for applied in done for migration in applied]
        assert sorted(versions) == [migration.version for migration in migrations()[old:]]
        assert await one.fetch("PRAGMA integrity_check") == [("ok",)]
