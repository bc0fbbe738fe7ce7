"""How a database comes to the newest version, and what becomes of what is in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.core.errors import StoreError
from chathakase.storage.migrate import migrate, migrations, refuse_newer
from chathakase.storage.sqlite import SqliteDatabase, open_sqlite, schema_version


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
