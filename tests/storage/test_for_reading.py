"""A database is read from outside, also while a bot uses it, and nothing in it changes."""

from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import SessionId
from chathakase.storage.database import Statement
from chathakase.storage.sqlite.driver import open_for_reading, open_sqlite
from chathakase.storage.sqlite.migrate import LEDGER, NOTE, migrate, migrations, refuse_other

DELETE = Statement("DELETE FROM words")


@pytest.fixture
async def used(tmp_path: Path) -> Path:
    path = tmp_path / "used?100%.db"
    async with open_sqlite(path) as database, database.transaction() as transaction:
        await transaction.execute("CREATE TABLE words (word TEXT)")
        await transaction.execute("INSERT INTO words VALUES ('hello')")
    return path


async def test_it_reads_what_is_there_and_leaves_nothing_behind(used: Path) -> None:
    before = used.read_bytes()
    async with open_for_reading(used) as database:
        assert await database.fetch("SELECT word FROM words WHERE word = $1", "hello") == [("hello",)]
    assert [each.name for each in used.parent.iterdir()] == [used.name]
    assert used.read_bytes() == before


async def test_it_reads_while_somebody_writes(used: Path) -> None:
    async with open_sqlite(used) as writer, open_for_reading(used) as reader:
        async with writer.transaction() as transaction:
            await transaction.execute("INSERT INTO words VALUES ('more')")
            assert len(await reader.fetch("SELECT * FROM words")) == 1
        assert len(await reader.fetch("SELECT * FROM words")) == 2


async def test_it_changes_nothing(used: Path) -> None:
    async with open_for_reading(used) as database:
        with pytest.raises(StoreError):
            await database.fetch("DELETE FROM words")
        with pytest.raises(StoreError, match="read-only"):
            await database.session(SessionId("s1"), lambda transaction: transaction.fetch(DELETE))
        with pytest.raises(StoreError, match="read-only"):
            await database.write(DELETE)
        assert len(await database.fetch("SELECT * FROM words")) == 1


async def test_it_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        async with open_for_reading(tmp_path / "none.db"):
            raise AssertionError
    assert list(tmp_path.iterdir()) == []


async def test_it_tells_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes " * 1000)
    async with open_for_reading(tmp_path / "notes.txt") as database:
        with pytest.raises(StoreError, match="not a database"):
            await database.fetch("SELECT * FROM words")


async def test_only_a_database_of_this_version_is_read(tmp_path: Path) -> None:
    path, newest = tmp_path / "sessions.db", migrations()[-1].version
    async with open_sqlite(path) as writer, open_for_reading(path) as reader:
        with pytest.raises(StoreError, match="no ChatHakase sessions"):
            await refuse_other(reader)
        async with writer.transaction() as transaction:
            await transaction.execute(LEDGER)
        with pytest.raises(StoreError, match="no ChatHakase sessions"):
            await refuse_other(reader)
        async with writer.transaction() as transaction:
            await transaction.execute(NOTE, newest - 1, "earlier", 0)
        with pytest.raises(StoreError, match=f"`chathakase run` migrates it to version {newest}"):
            await refuse_other(reader)
        async with writer.transaction() as transaction:
            await transaction.execute(NOTE, newest + 1, "later", 0)
        with pytest.raises(StoreError, match="newer ChatHakase"):
            await refuse_other(reader)


async def test_a_database_that_was_brought_up_to_date_is_read(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "sessions.db") as writer:
        await migrate(writer, now=0)
        async with open_for_reading(tmp_path / "sessions.db") as reader:
            await refuse_other(reader)
