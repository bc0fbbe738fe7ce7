"""The same tests for stores in a database and for those in memory, which stand in for them elsewhere."""

from dataclasses import dataclass, fields

import pytest

from chathakase.core.types import ExpiryMode
from tests.doubles.jobs import HintsInMemory, JobsInMemory
from tests.doubles.memory_stores import FilesInMemory, MemoriesInMemory, SummariesInMemory, TitlesInMemory
from tests.doubles.meter import Meter
from tests.doubles.sessions import ChangesInMemory, ForgettingInMemory, SessionsInMemory
from tests.doubles.stores import StoresInMemory
from tests.doubles.turn_store_double import TurnsInMemory
from tests.storage.database_stores import DatabaseClock, Talk, stores_of


@dataclass
class InMemory(Talk):
    clock: DatabaseClock
    sessions: SessionsInMemory
    memory: MemoriesInMemory
    changes: ChangesInMemory
    forgetting: ForgettingInMemory
    files: FilesInMemory
    summaries: SummariesInMemory
    titles: TitlesInMemory
    turns: TurnsInMemory
    jobs: JobsInMemory
    hints: HintsInMemory
    usage: Meter


@pytest.fixture(params=["sqlite", "memory"])
def stores(request: pytest.FixtureRequest) -> Talk:
    if request.param == "sqlite":
        return stores_of(request.getfixturevalue("open_database"), ExpiryMode.ARCHIVE)
    return in_memory(DatabaseClock())


def in_memory(clock: DatabaseClock) -> InMemory:
    opened = StoresInMemory(clock)
    return InMemory(clock, *(getattr(opened, field.name) for field in fields(InMemory)[1:]))
