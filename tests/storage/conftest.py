import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chathakase.core.types import ExpiryMode
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.storage.database_stores import DatabaseClock, DatabaseStores, stores_of


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations make it, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("made") / "sessions.db"

    async def make() -> None:
        async with open_sqlite(path, clock=DatabaseClock()) as opened:
            await migrate(opened, now=0)

    asyncio.run(make())
    return path


@pytest.fixture
async def open_database(made: Path, database: Path) -> AsyncIterator[SqliteDatabase]:
    shutil.copyfile(made, database)
    async with open_sqlite(database, clock=DatabaseClock()) as opened:
        yield opened


@pytest.fixture
def stores_with(open_database: SqliteDatabase) -> Callable[[ExpiryMode], DatabaseStores]:
    def make(mode: ExpiryMode) -> DatabaseStores:
        return stores_of(open_database, mode)

    return make


@pytest.fixture
def stores(stores_with: Callable[[ExpiryMode], DatabaseStores]) -> DatabaseStores:
    return stores_with(ExpiryMode.ARCHIVE)
