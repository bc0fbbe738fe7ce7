"""What each verb of a database guarantees, and what its statements are written as."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.storage.database import Row, Statement, Transaction
from chathakase.storage.dialect import Dialect
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.sqlite.sqlite_dialect import SQLITE, Binding
from tests.storage.database_stores import ID, DatabaseStores
from tests.storage.postgresql import POSTGRESQL

LISTEN = Statement("INSERT INTO listened VALUES ('line', 'hut', now_ms()) RETURNING until")
LISTENED = Statement("SELECT until FROM listened WHERE until <= now_ms()")
ASKED = Statement("SELECT asked FROM sessions WHERE id = $1")


async def test_whoever_reads_in_a_unit_of_work_has_locked_what_is_read(stores: DatabaseStores, database: Path) -> None:
    async def work(transaction: Transaction) -> list[Row]:
        asked = await transaction.fetch(ASKED, ID)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        return asked

    await stores.say("1")
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        assert await stores.database.session(ID, work) == [(1,)]
        other.execute("BEGIN IMMEDIATE")


async def test_a_unit_of_work_is_undone_when_it_raises(stores: DatabaseStores) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(LISTEN)
        raise KeyError

    with pytest.raises(KeyError):
        await stores.database.session(ID, work)
    assert await stores.database.fetch("SELECT until FROM listened") == []


async def test_a_unit_of_work_must_not_wait_for_anything_else(stores: DatabaseStores) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(LISTEN)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="awaits nothing but its statements"):
        await stores.database.session(ID, work)
    assert await stores.database.write(LISTEN)


async def test_what_is_read_together_is_read_as_of_one_moment(database: Path) -> None:
    """The clock is asked for the second statement, and somebody writes just then."""

    def write() -> int:
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("INSERT INTO listened VALUES ('line', 'hut', 5)")
        return 9

    async with open_sqlite(database, clock=write) as opened:
        await migrate(opened, now=0)
        assert await opened.read(ASKED("nobody"), LISTENED()) == [[], []]
        assert await opened.fetch("SELECT until FROM listened") == [(5,)]


async def test_a_statement_that_stands_alone_is_saved_or_undone_at_once(stores: DatabaseStores, database: Path) -> None:
    with closing(sqlite3.connect(database)) as other:
        assert await stores.database.write(LISTEN) == [(stores.clock.now,)]
        assert other.execute("SELECT until FROM listened").fetchall() == [(stores.clock.now,)]
        with pytest.raises(StoreError, match="UNIQUE"):
            await stores.database.write(LISTEN)
        other.execute("DELETE FROM listened")
        other.commit()
    assert await stores.database.write(LISTEN) == [(stores.clock.now,)]


@pytest.mark.parametrize(
    ("neutral", "sqlite", "postgresql"),
    [
        ("a < now_ms() - $1", "a < $0 - $1", f"a < {POSTGRESQL.now} - $1"),
        (
            "FROM json_items(t.refs) r",
            "FROM json_each(t.refs) r",
            "FROM json_array_elements_text(CAST(t.refs AS JSON)) r",
        ),
        ("json_at(value, 2)", "json_extract(value, '$[2]')", "CAST(value AS JSON) ->> 2"),
        (
            "json_list(DISTINCT a)",
            "json_group_array(DISTINCT a)",
            "coalesce(CAST(json_agg(DISTINCT a) AS TEXT), '[]')",
        ),
        ("least(a, greatest(b, 0))", "min(a, max(b, 0))", "least(a, greatest(b, 0))"),
        ("LIMIT $2 FOR UPDATE SKIP LOCKED)", "LIMIT $2 )", "LIMIT $2 FOR UPDATE SKIP LOCKED)"),
        ("min(a), max(b), atleast(c)", "min(a), max(b), atleast(c)", "min(a), max(b), atleast(c)"),
    ],
)
def test_fragments_are_filled_in(neutral: str, sqlite: str, postgresql: str) -> None:
    dialects: dict[Dialect, str] = {SQLITE: sqlite, POSTGRESQL: postgresql}
    for dialect, expected in dialects.items():
        assert dialect.fill(neutral) == expected


def test_the_time_comes_after_all_values() -> None:
    bind = Binding(lambda: 7)
    assert bind("SELECT $2, now_ms(), $1, now_ms()", ("a", "b")) == ("SELECT ?2, ?3, ?1, ?3", ("a", "b", 7))
    assert bind("SELECT $1", ("a",)) == ("SELECT ?1", ("a",))
    assert bind("SELECT now_ms()", ()) == ("SELECT ?1", (7,))
