"""The same tests for stores in a database and for those in memory, which stand in for them elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import pytest

from chathakase.core.daily_limits import DailyLimit
from chathakase.core.types import ExpiryMode
from tests.doubles.all_sessions import AllSessionsInMemory
from tests.doubles.jobs import AuditInMemory, HintsInMemory, JobsInMemory
from tests.doubles.listing import ListingInMemory
from tests.doubles.memory_stores import FilesInMemory, MemoriesInMemory, SummariesInMemory, TitlesInMemory
from tests.doubles.meter import MeterInMemory
from tests.doubles.muting import MutesInMemory
from tests.doubles.overview_store_double import OverviewsInMemory
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
    audit: AuditInMemory
    usage: MeterInMemory
    listing: ListingInMemory
    overviews: OverviewsInMemory
    muting: MutesInMemory
    admin: AllSessionsInMemory


Limited = Callable[..., Talk]


@pytest.fixture(params=["sqlite", "memory"])
def stores(request: pytest.FixtureRequest) -> Talk:
    return opener(request)()


@pytest.fixture(params=["sqlite", "memory"])
def limited(request: pytest.FixtureRequest) -> Limited:
    """Stores that know limits of the day: ``limited(DailyLimit(…), …)``."""
    return opener(request)


def opener(request: pytest.FixtureRequest) -> Limited:
    if request.param == "memory":
        return lambda *limits: in_memory(DatabaseClock(), limits)
    database = request.getfixturevalue("open_database")
    return lambda *limits: stores_of(database, ExpiryMode.ARCHIVE, limits)


def in_memory(clock: DatabaseClock, limits: Sequence[DailyLimit] = ()) -> InMemory:
    opened = StoresInMemory(clock, limits=limits)
    return InMemory(clock, *(getattr(opened, field.name) for field in fields(InMemory)[1:]))
