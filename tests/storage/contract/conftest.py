"""The same tests for stores in a database and for those in memory, which stand in for them elsewhere."""

from dataclasses import dataclass, fields

import pytest

from chathakase.core.types import ExpiryMode
from tests.doubles.jobs import Hints, InMemoryJobs
from tests.doubles.memory import Files, Memories, Summaries, Titles
from tests.doubles.sessions import Changes, Forgetting, Sessions
from tests.doubles.stores import StoresInMemory
from tests.doubles.turns import Turns
from tests.storage.stores import Clock, Talk, stores_of


@dataclass
class InMemory(Talk):
    clock: Clock
    sessions: Sessions
    memory: Memories
    changes: Changes
    forgetting: Forgetting
    files: Files
    summaries: Summaries
    titles: Titles
    turns: Turns
    jobs: InMemoryJobs
    hints: Hints


@pytest.fixture(params=["sqlite", "memory"])
def stores(request: pytest.FixtureRequest) -> Talk:
    if request.param == "sqlite":
        return stores_of(request.getfixturevalue("open_database"), ExpiryMode.ARCHIVE)
    return in_memory(Clock())


def in_memory(clock: Clock) -> InMemory:
    opened = StoresInMemory(clock)
    return InMemory(clock, *(getattr(opened, field.name) for field in fields(InMemory)[1:]))
