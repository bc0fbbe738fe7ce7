"""All stores in memory, for tests that need no database: one more implementation of their ports.

They pass the same tests as those of a database (``tests/storage/contract``); where they cannot do something, they
raise NotImplementedError.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from chathakase.core.types import SessionId
from tests.doubles.jobs import Hints, InMemoryJobs
from tests.doubles.memory import Files, Memories, Summaries, Titles
from tests.doubles.records import Records
from tests.doubles.sessions import Changes, Forgetting, Sessions
from tests.doubles.turns import Turns


class Unable:
    """A store that can do nothing."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(name)


class StoresInMemory:
    """All stores of one memory."""

    def __init__(self, clock: Callable[[], int], *, count: Callable[[str], int] = len) -> None:
        """``clock`` tells epoch milliseconds, and ``count`` how many tokens a text has."""
        self.records = Records(clock, count=count, ids=_counting_ids())
        self.trips = self.records.trips
        self.sessions = Sessions(self.records)
        self.memory = Memories(self.records)
        self.changes = Changes(self.records)
        self.forgetting = Forgetting(self.records)
        self.files = Files(self.records)
        self.summaries = Summaries(self.records)
        self.titles = Titles(self.records)
        self.turns = Turns(self.records)
        self.jobs = InMemoryJobs(self.records)
        self.hints = Hints(self.records)
        self.search: Any = Unable()
        self.merging: Any = Unable()
        self.export: Any = Unable()
        self.listening: Any = Unable()


def _counting_ids() -> Callable[[], SessionId]:
    numbers = count(1)
    return lambda: SessionId(f"s{next(numbers):04}")
