from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chathakase.core.types import ExpiryMode
from chathakase.storage.migrate import migrate
from chathakase.storage.sqlite import SqliteDatabase, open_sqlite
from tests.storage.stores import Stores, stores_of


@pytest.fixture
async def open_database(database: Path) -> AsyncIterator[SqliteDatabase]:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
        yield opened


@pytest.fixture
def stores_with(open_database: SqliteDatabase) -> Callable[[ExpiryMode], Stores]:
    def make(mode: ExpiryMode) -> Stores:
        return stores_of(open_database, mode)

    return make


@pytest.fixture
def stores(stores_with: Callable[[ExpiryMode], Stores]) -> Stores:
    return stores_with(ExpiryMode.ARCHIVE)
