"""Databases that early forms of migrations made are repaired, and hold all that was in them."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.files import Reading
from chathakase.core.memory import TitleBy
from chathakase.storage.database import Value
from chathakase.storage.sqlite.connection import Done, run
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.early_forms import SCHEMA, _made_by, _shape
from chathakase.storage.sqlite.migrate import SIGNED_SINCE, migrate, migrations
from chathakase.storage.stores.adoption import adopt
from tests.storage.database_stores import FILE, PLACE, DatabaseClock, DatabaseStores, answer, stores_of
from tests.storage.early import FORMS, make_early
from tests.storage.test_migrations import everything

pytestmark = pytest.mark.slow

SESSION = """
INSERT INTO sessions (id, channel, thread, seq, asked, answered, began_at, active_at)
VALUES ('C1_1.000001', 'C1', '1.000001', 3, 3, 2, 1, 2);
"""
OF_MIGRATION_1 = f"""
{SESSION}
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, at) VALUES
    ('C1_1.000001', 1, 'user', 'first question', 'U1', '1.000001', NULL, 1),
    ('C1_1.000001', 2, 'assistant', 'first answer', '', 't1', 1, 1),
    ('C1_1.000001', 3, 'user', 'second question', 'U2', '3.000001', NULL, 1);
INSERT INTO turns ({{origin}} id, session, upto, attempt, outcome, model, reply_refs, began_at, ended_at) VALUES
    ({{value}} 't1', 'C1_1.000001', 1, 1, 'answered', 'm', '["1.1"]', 1, 2),
    ({{value}} 't2', 'C1_1.000001', 3, 1, NULL, '', '["3.0"]', 3, NULL),
    ({{value}} 't3', 'C1_1.000001', 3, 2, NULL, '', '["3.1"]', 4, NULL);
"""
OF_MIGRATION_7 = f"""
{SESSION}
INSERT INTO messages (id, session, seq, role, text, author, ref, reply_to, asks, said, at) VALUES
    (1, 'C1_1.000001', 1, 'user', 'first question', 'U1', '1.000001', NULL, 1, 1000001, 1),
    (2, 'C1_1.000001', 2, 'assistant', 'first answer', '', 't1', 1, 0, 1000001, 1),
    (3, 'C1_1.000001', 3, 'user', 'second question', 'U2', '3.000001', NULL, 1, 3000001, 1);
INSERT INTO turns (id, session, upto, attempts, outcome, error, model, reply_refs, began_at, ended_at)
VALUES ('t1', 'C1_1.000001', 1, 1, 'answered', '', 'm', '["1.1"]', 1, 2);
INSERT INTO titles (session, title, made_by) VALUES ('C1_1.000001', 'A title', 'model');
INSERT INTO files (session, message, position, ref, name, kind, size, url) VALUES
    ('C1_1.000001', 3, 0, 'F1', 'a.csv', 'text/csv', 9, 'https://files.slack.com/F1');
"""


def made(path: Path, form: str, upto: int) -> Path:
    origin = form == "1, second"
    of_1 = OF_MIGRATION_1.format(origin="origin," * origin, value="'t1'," * origin)
    make_early(path, form, upto=upto, then=of_1 if form.startswith("1") else OF_MIGRATION_7)
    return path


def shape(path: Path) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return _shape(connection.execute(SCHEMA))


@pytest.fixture(
    params=[(form, upto) for form, (version, *_) in FORMS.items() for upto in (version, 13, SIGNED_SINCE - 1)],
    ids=lambda param: f"{param[0]}, at version {param[1]}",
)
def early(request: pytest.FixtureRequest, database: Path) -> Path:
    return made(database, *request.param)


@pytest.fixture
async def repaired(early: Path) -> AsyncIterator[DatabaseStores]:
    async with open_sqlite(early, clock=DatabaseClock()) as opened:
        await migrate(opened, now=0)
        await adopt(opened, PLACE.workspace_key)
        yield stores_of(opened)


async def test_a_database_of_an_early_form_is_repaired_and_answers(repaired: DatabaseStores, database: Path) -> None:
    assert await repaired.texts() == ["first question", "first answer", "second question"]
    await _go_on(repaired)
    await _remember_what_is_new(repaired)
    expected = _made_by(each.sql for each in migrations())
    assert expected.items() <= _shape(await repaired.database.fetch(SCHEMA)).items()
    assert await repaired.database.fetch("PRAGMA integrity_check") == [("ok",)]
    assert await repaired.database.fetch("PRAGMA foreign_key_check") == []


async def _go_on(stores: DatabaseStores) -> None:
    """Answer what waited, and what is asked now."""
    lease = await stores.claimed()
    assert lease.refs == (("3.1",) if lease.turn == "t3" else ())
    assert await stores.turns.finish(lease, answer("second answer"))
    await stores.answered("5.000001", "third question", "third answer")
    answers = ["first answer", "second answer", "third answer"]
    assert [text for text in await stores.texts() if text.endswith("answer")] == answers


async def _remember_what_is_new(stores: DatabaseStores) -> None:
    """Files, titles and searches need what early forms lacked."""
    await stores.say("7.000001", "look", files=(FILE,))
    for unread in await stores.files.unread(await stores.id_at(), limit=9):
        await stores.files.note_reading(unread.id, Reading("a,b"))
    assert await stores.titles.set_title(await stores.id_at(), "Another title", by=TitleBy.PERSON)
    assert [found.title for found in await stores.search.search("Another", author=None, channels=None, limit=9)]
    await stores.say("8.000001", "clear session", command=True)
    assert await stores.clear("8.000001") == 7


@pytest.mark.long
@pytest.mark.parametrize("form", ["1, first", "7, first"])
async def test_whenever_the_process_dies_the_next_one_mends(form: str, database: Path, tmp_path: Path) -> None:
    """What stands in the files before each statement is what the next process finds, often the same as before."""
    copies: dict[tuple[bytes, ...], Path] = {}

    def copied(connection: sqlite3.Connection, sql: str, values: Iterable[Value] = ()) -> Done:
        names = (database.name, f"{database.name}-wal")
        found = tuple(sha256(database.with_name(name).read_bytes()).digest() for name in names)
        if found not in copies:
            folder = tmp_path / f"found {len(copies)}"
            folder.mkdir()
            for name in names:
                shutil.copy(database.with_name(name), folder)
            copies[found] = folder / database.name
        return run(connection, sql, values)

    made(database, form, SIGNED_SINCE - 1)
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        with patch("chathakase.storage.sqlite.transactions.run", copied):
            await migrate(opened, now=0)
    for copy in copies.values():
        async with open_sqlite(copy, clock=DatabaseClock()) as opened:
            await migrate(opened, now=0)
        assert shape(copy) == shape(database)
    assert len(copies) > 12


@pytest.mark.parametrize("form", ["1, second", "7, first"])
async def test_two_processes_mend_at_the_same_time(form: str, database: Path) -> None:
    made(database, form, 13)
    async with (
        open_sqlite(database, clock=DatabaseClock()) as one,
        open_sqlite(database, clock=DatabaseClock()) as other,
    ):
        done = await asyncio.gather(migrate(one, now=0), migrate(other, now=0))
        assert sorted(each.version for applied in done for each in applied) == [
            each.version for each in migrations()[13:]
        ]
        await adopt(one, PLACE.workspace_key)
        await _go_on(stores_of(one))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("DROP TABLE listened", "table listened"),
        ("DROP TRIGGER message_gone", "trigger message_gone"),
        ("ALTER TABLE sessions ADD COLUMN mine TEXT", "table sessions"),
        ("DROP INDEX messages_by_ref", "index messages_by_ref"),
    ],
)
async def test_a_database_of_no_known_form_is_refused_and_not_touched(spoil: str, words: str, database: Path) -> None:
    made(database, "7, first", SIGNED_SINCE - 1)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(spoil)
    before = everything(database)
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        with pytest.raises(StoreError, match=f"no ChatHakase makes a database of this form .*{words}"):
            await migrate(opened, now=0)
    assert everything(database) == before


async def test_what_somebody_put_beside_our_tables_stays(database: Path) -> None:
    made(database, "7, second", 13)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("CREATE TABLE mine (x); CREATE INDEX mine_too ON messages (at); ANALYZE;")
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        await migrate(opened, now=0)
        assert await opened.fetch("SELECT name FROM sqlite_master WHERE name LIKE 'mine%'") == [
            ("mine",),
            ("mine_too",),
        ]
