"""How a database comes to the newest version, and what becomes of what is in it."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import TurnAction
from chathakase.storage.sqlite.driver import SqliteDatabase, open_for_reading, open_sqlite, schema_version
from chathakase.storage.sqlite.migrate import CHECKSUMS as KEPT
from chathakase.storage.sqlite.migrate import (
    LEDGER,
    ChangedMigration,
    apply,
    migrate,
    migrations,
    refuse_newer,
    refuse_other,
)
from chathakase.storage.stores.adoption import adopt
from tests.storage.database_faults import PAGE, file_sizes_up_to, overwrite
from tests.storage.database_stores import PLACE, DatabaseClock, DatabaseStores, answer, stores_of
from tests.storage.first_version import first_version
from tests.storage.truth import assert_listed

pytestmark = pytest.mark.slow


def everything(path: Path) -> list[str]:
    """All that is in a file, and whether it is whole."""
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump(), *connection.execute("PRAGMA integrity_check").fetchone()]


@pytest.fixture
async def migrated(database: Path) -> AsyncIterator[DatabaseStores]:
    """The stores on a database that was of version 1, with data in it."""
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        assert [migration.version for migration in await migrate(opened, now=0)] == [
            migration.version for migration in migrations()[1:]
        ]
        await adopt(opened, PLACE.workspace_key)
        yield stores_of(opened)


async def test_what_was_said_in_the_first_version_counts_as_asking(migrated: DatabaseStores) -> None:
    rows = await migrated.database.fetch("SELECT seq FROM messages WHERE asks = 1 ORDER BY seq")
    assert rows == [(1,), (4,), (6,)]
    assert await migrated.database.fetch("SELECT DISTINCT run, action FROM turns") == [(1, None)]
    assert await migrated.sessions.people(PLACE) == {"U1", "U2"}
    assert await migrated.turns.askers(await migrated.id_at(), "t2") == {"U1"}
    assert await migrated.turns.askers(await migrated.id_at(), "") == {"U2"}


async def test_a_turn_of_the_first_version_is_taken_up_again(migrated: DatabaseStores) -> None:
    assert not await migrated.interaction("t1")
    assert await migrated.interaction("t2", TurnAction.CONTINUE)
    again = await migrated.claimed()
    assert (again.turn, again.upto, again.refs, again.action, again.run) == ("t2", 4, ("4.1",), TurnAction.CONTINUE, 2)
    assert await migrated.turns.finish(again, answer("a2, whole"))
    assert await migrated.texts() == ["q2", "a2, whole", "q3"]
    assert (await migrated.claimed()).upto == 8


async def test_what_is_stored_stands_in_the_lists_of_its_people(migrated: DatabaseStores) -> None:
    await assert_listed(migrated.database)
    assert {person for (person,) in await migrated.database.fetch("SELECT person FROM listed")} == {"U1", "U2"}


async def test_a_session_goes_to_whoever_asked_first_in_it(database: Path) -> None:
    spoken = {
        "by a command": [("U1", "command", 0), ("U2", "user", 0), ("U3", "user", 1), ("U4", "user", 1)],
        "by a question": [("U1", "user", 1), ("U3", "user", 1)],
        "by one that was refused": [("U1", "user", 0), ("U3", "user", 1)],
        "by one that is forgotten": [("", "cleared", 1), ("U3", "user", 1)],
        "by a command, and what was asked is forgotten": [("U1", "command", 0), ("", "cleared", 1), ("U4", "user", 1)],
        "by nothing but a command": [("U1", "command", 0)],
    }
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        async with opened.transaction() as transaction:
            await transaction.execute("DELETE FROM sessions")
            for migration in migrations()[1:31]:
                await apply(transaction, migration, 0)
            for id_, messages in spoken.items():
                columns = "id, channel, thread, began_at, active_at, owner"
                await transaction.execute(f"INSERT INTO sessions ({columns}) VALUES ($1, 'C', $1, 0, 0, 'U1')", id_)
                columns = "session, seq, role, text, author, ref, said, asks, at"
                for seq, message in enumerate(messages, 1):
                    insert = f"INSERT INTO messages ({columns}) VALUES ($1, $2, $4, '', $3, $2, 0, $5, 0)"
                    await transaction.execute(insert, id_, seq, *message)
        await migrate(opened, now=0)
        rows = await opened.fetch("SELECT id, owner FROM sessions")
        assert {str(id_): owner for id_, owner in rows} == {
            "by a command": "U3",
            "by a question": "U1",
            "by one that was refused": "U1",
            "by one that is forgotten": "U1",
            "by a command, and what was asked is forgotten": "",
            "by nothing but a command": "",
        }


async def test_until_when_somebody_listened_is_known_once_each_workspace_has_its_own(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        for migration in migrations()[1:26]:
            async with opened.transaction() as transaction:
                await apply(transaction, migration, 0)
        async with opened.transaction() as transaction:
            await transaction.execute("INSERT INTO listened VALUES (1, 5)")
        assert next(migration.version for migration in await migrate(opened, now=0)) == 27
        await adopt(opened, PLACE.workspace_key)
        assert await stores_of(opened).listening.until([PLACE.workspace_key]) == 5


async def test_a_database_knows_its_migrations(open_database: SqliteDatabase) -> None:
    assert await migrate(open_database, now=0) == []
    rows = await open_database.fetch("SELECT version, name FROM schema_migrations ORDER BY version")
    assert rows == [(migration.version, migration.name) for migration in migrations()]
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


LOG = "unemptied"
"""Tells what a file's log holds, and nothing of the file."""


def schema(path: Path) -> dict[str, list[tuple[str, ...]]]:
    """What a database consists of and what its tables hold, but for how its statements are written down.

    Of triggers also the order, since that is how they fire.
    """
    with closing(sqlite3.connect(path)) as connection:
        parts = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY rowid")
        found = [(*about, *re.findall(r"\w+|[^\w\s\"']", re.sub("--.*", "", sql))) for *about, sql in parts]
        rows = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"))
            for kind, name, *_ in found
            if kind == "table" and not name.endswith(("_data", "_idx", LOG))
        }
    triggers = [part for part in found if part[0] == "trigger"]
    return {"parts": sorted(found), "triggers": triggers, **rows}


async def test_a_new_database_is_as_the_migrations_make_it(database: Path, tmp_path: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        assert await migrate(opened, now=5) == migrations()
    async with open_sqlite(tmp_path / "step by step.db", clock=DatabaseClock()) as opened:
        async with opened.transaction() as transaction:
            await transaction.execute(LEDGER)
        for migration in migrations():
            async with opened.transaction() as transaction:
                await apply(transaction, migration, 5)
    assert schema(database) == schema(tmp_path / "step by step.db")


async def test_a_newer_database_is_refused_and_not_touched(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
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


@pytest.mark.parametrize("table", ["users", "sessions"])
async def test_the_database_of_another_program_is_refused_and_not_touched(table: str, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"CREATE TABLE {table} (name)")
    database.chmod(0o644)
    before = database.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        await schema_version(database)
    assert (database.read_bytes(), database.stat().st_mode & 0o777) == (before, 0o644)


async def test_a_database_is_copied_before_it_is_migrated(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    newest = migrations()[-1].version
    copies = [Path(f"{database}.before-{newest}{number}.db") for number in ("", ".2", ".3")]
    database.touch(mode=0o600)
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
    before = everything(database)
    copies[0].write_text("of another time")
    copies[1].mkdir()
    with caplog.at_level("INFO"):
        async with open_sqlite(database, clock=DatabaseClock()) as opened:
            await migrate(opened, now=0)
            await migrate(opened, now=0)
    assert everything(copies[2]) == before
    assert copies[2].stat().st_mode & 0o777 == 0o600
    assert copies[0].read_text() == "of another time"
    assert everything(database) != before
    assert sorted(database.parent.glob("*.db.*")) == sorted(copies)
    assert [record.getMessage() for record in caplog.records] == [
        f"The database was migrated from version 1 to {newest}; a copy of the old one is in {copies[2]}"
    ]


async def test_the_copy_holds_what_was_written_last_and_waits_for_nobody(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
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
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        before = everything(database)
        with file_sizes_up_to(8192), pytest.raises(StoreError, match="so nothing was changed: the file could not"):
            await migrate(opened, now=0)
    assert everything(database) == before
    assert list(database.parent.glob("*.before-*")) == []


async def test_nothing_is_migrated_where_no_copy_may_be_written(tmp_path: Path) -> None:
    """A name that is nearly too long leaves no room for a longer one, which binds everybody, root as well."""
    database = tmp_path / ("x" * 245)
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        before = everything(database)
        with pytest.raises(StoreError, match=r"no copy .*ENAMETOOLONG"):
            await migrate(opened, now=0)
    assert everything(database) == before


async def test_a_damaged_database_is_not_migrated(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await first_version(opened)
        [(page,)] = await opened.fetch("SELECT rootpage FROM sqlite_master WHERE name = 'messages'")
    begin = (int(str(page)) - 1) * PAGE
    overwrite(database, begin, b"\xff" * PAGE)
    content = database.read_bytes()
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        with pytest.raises(StoreError, match="so nothing was changed: the database is damaged"):
            await migrate(opened, now=0)
    assert database.read_bytes() == content
    assert list(database.parent.glob("*.before-*")) == []


@pytest.mark.parametrize("old", [False, True], ids=["a new file", "a file of the first version"])
async def test_two_processes_may_migrate_at_the_same_time(old: bool, database: Path) -> None:
    async with (
        open_sqlite(database, clock=DatabaseClock()) as one,
        open_sqlite(database, clock=DatabaseClock()) as other,
    ):
        if old:
            await first_version(one)
        done = await asyncio.gather(migrate(one, now=0), migrate(other, now=0))
        versions = [migration.version for applied in done for migration in applied]
        assert sorted(versions) == [migration.version for migration in migrations()[old:]]
        assert await one.fetch("PRAGMA integrity_check") == [("ok",)]


CHECKSUMS = {
    1: "1eaa6d47d2c4117e86b99887ba43164373ea4a2f61f565c2933e5f51442b42d9",
    2: "651e4f60ea25995da6b455b6c0eba589ad4d1fb9b06f1ff098e63e1ce2804dd3",
    3: "cf5db585294431c5e9577f8894644ee4f2375c9f7db449b4ca8dcb90913c08e0",
    4: "03e1de1733b5578fcb45d834e68cdcc98920c2b90cbe002e2adf591c5b91ed5b",
    5: "f981b145174d7e75337eec5bc031bfa08c77283bdb17bdf07c270a38662613e0",
    6: "0bc7d9c50d05d00acc8fd4208cfc01c1f670ae75d43a14897f4a4a72d37312a7",
    7: "115e3fa11f7f33e6066d12f33f134c25bbeadab80f2768990051ef450ab049c0",
    8: "dcc8027ee3d886c48e911d783e2fff959e6d6a24fbeec67b92afce2e3b19f6c1",
    9: "3000d52c9c272ced235d4c62898bc11c0a0060bcd8f86a8f4c65b0763782cd78",
    10: "6214006c66c5e9eddcd4cb30a4414bdde47a1510dd28f986c0c9467aa5e82f9e",
    11: "2bb1dd5ec392ad32d39b700e0da0b60b93862f4aff12fcecc760c10d1b5bfd8f",
    12: "4a2e07e3303b44cf8332e637dfc7f090edf84de47f4a2c6a110e08b37a79f8b8",
    13: "afd69209ae2377bde7246cd60e343d0f734bbda095b045f0f8d17fdb3f14b1e4",
    14: "cf27ad2f87364beb9b5a1b9ea60c883804c882e0aba4b578b16fa763a781fd13",
    15: "51faade36bd0594365d1164fb2594d4cbd8643eb95026f97b6a8aa79b09b21af",
    16: "d8fbb0fc2b39b03e1c4bbedbb1c91762b0b39458e2b1407dfc463f863131d86f",
    17: "4098082aed54abc59116934c8536bcac007e6c93a48c646d806a84a664b741b2",
    18: "ce8805c52c154ceaf816301c1e4eb6ebbbd812a912dcb4767c5129381b8f47f6",
    19: "5581d6611facd63c18a96550e92261517608e7e2f71f1cfa03af0910766fdd36",
    20: "92b08eacc7ce696f544dc914757db3effdd22f5a9c32466836180d1002d472d6",
    21: "63f65d9367f0677396e3c2589ee110e7c4dd2f7689f6529b844a43c75683698b",
    22: "938c0042cf7c05f4061367de87d0cec61174bbefbe6f10e23e5041c8bb78ad4f",
    23: "2d1dc92554f09ab166ff0db61b5bc0c2c74fc7f3a91b9ba6f86536e89ffd8776",
    24: "c0349b62b79bdc9ff42e84f145b9211c2786dff0c391df4ead094e4f4974f8e8",
    25: "b00809f9b866848c6135f4bb758d7edb5b28d7cba8c2ec3ae96b8ec8bd29d62e",
    26: "217b2359bb06b66ebf5336b19dc175ad1203c424163cd18c9a89ce4c7e049674",
    27: "ebc6e2630039c48062e4526c610e756f4740e8f6dd8884040d5de34a167f216f",
    28: "175eca5c5cd356c55b0beab68331c54d7fb77ef8758f4475628e8653ab0c15c4",
    29: "3dd41779214badb4a2083a883ecd3ce4fda8229968c89b7974189ba64b074fea",
    30: "8b5fcfece250104feb51046b237e844a6ee6b399cf233aa3703abd160b87b257",
    31: "c2f31e1b9134af109db52af4bfbe728297bfb07bf23adc340f23a514cda414f2",
    32: "7aa3799febacb4592a856c0a5f4f57bc5994b95545506a3421857898928684d8",
    33: "8e06d4363c2044db561e62c0659abd479187908a10cfca4507178f8cb0243117",
    34: "61fbcab87641b32cc00644468d24a7408f98b79ee9af8f486035dfd6fc29e5f2",
    35: "903421a6dc9f83102a00c36304f14f6e0ea08abce9307afb0303123a52c0224d",
    36: "5ebff9568bb0a0a3520522d5ec147b633fc94acb1e59b0d5c3bf5dc11f769a80",
    37: "783d18b8268a9b97c4cb601cf17f928a5bd27475a4be30261e8ac6ebb4e016ad",
}
"""A migration that was committed is never changed: there are databases that it made. What is to be otherwise is a
migration of its own, whose checksum is added here."""


def test_no_migration_was_changed() -> None:
    assert {each.version: each.checksum for each in migrations()} == CHECKSUMS


async def test_a_database_keeps_the_checksums_of_its_migrations(open_database: SqliteDatabase) -> None:
    assert await open_database.fetch(KEPT) == list(CHECKSUMS.items())


async def test_a_database_of_an_earlier_version_gets_them_as_well(migrated: DatabaseStores) -> None:
    assert await migrated.database.fetch(KEPT) == list(CHECKSUMS.items())


async def test_a_database_made_by_another_migration_is_refused_and_not_touched(database: Path) -> None:
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await migrate(opened, now=0)
        async with opened.transaction() as transaction:
            await transaction.execute("UPDATE checksums SET checksum = $1 WHERE version = 7", "another")
    before = everything(database)
    async with open_sqlite(database, clock=DatabaseClock()) as opened, open_for_reading(database) as reader:
        with pytest.raises(
            ChangedMigration, match=r"a migration 7 \(memory\) that differs from this ChatHakase's: run the"
        ):
            await migrate(opened, now=0)
        with pytest.raises(ChangedMigration):
            await refuse_other(reader)
    assert everything(database) == before
