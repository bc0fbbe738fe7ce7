from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chathakase.core.types import Expiry, ExpiryMode
from chathakase.storage.migrate import migrate
from chathakase.storage.sessions import Sessions
from chathakase.storage.sqlite import SqliteDatabase, open_sqlite
from chathakase.storage.turns import Turns
from tests.storage.stores import TIMEOUT, Clock, Stores


@pytest.fixture
async def open_database(database: Path) -> AsyncIterator[SqliteDatabase]:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
        yield opened


@pytest.fixture
def stores_with(open_database: SqliteDatabase) -> Callable[[ExpiryMode], Stores]:
    def make(mode: ExpiryMode) -> Stores:
        clock = Clock()
        sessions = Sessions(open_database, expiry=Expiry(TIMEOUT, mode), now=clock)
        return Stores(open_database, clock, sessions, Turns(open_database, now=clock))

    return make


@pytest.fixture
def stores(stores_with: Callable[[ExpiryMode], Stores]) -> Stores:
    return stores_with(ExpiryMode.ARCHIVE)
