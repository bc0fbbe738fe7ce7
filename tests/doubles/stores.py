"""All stores in memory, for tests that need no database: one more implementation of their ports.

They pass the same tests as those of a database (``tests/storage/contract``); where they cannot do something, they
raise NotImplementedError.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from chathakase.core.daily_limits import DailyLimit
from chathakase.core.types import SessionId
from tests.doubles.all_sessions import AllSessionsInMemory
from tests.doubles.jobs import AuditInMemory, HintsInMemory, JobsInMemory
from tests.doubles.listing import ListingInMemory
from tests.doubles.memory_stores import FilesInMemory, MemoriesInMemory, SummariesInMemory, TitlesInMemory
from tests.doubles.muting import MutesInMemory
from tests.doubles.overview_store_double import OverviewsInMemory
from tests.doubles.records import Records
from tests.doubles.sessions import ChangesInMemory, ForgettingInMemory, SessionsInMemory
from tests.doubles.turn_store_double import TurnsInMemory


class UnavailableStore:
    """A store that can do nothing."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(name)


class StoresInMemory:
    """All stores of one memory."""

    def __init__(
        self, clock: Callable[[], int], *, limits: Sequence[DailyLimit] = (), count: Callable[[str], int] = len
    ) -> None:
        """``clock`` tells epoch milliseconds, and ``count`` how many tokens a text has."""
        self.records = Records(clock, count=count, ids=_counting_ids(), limits=limits)
        self.trips = self.records.trips
        self.sessions = SessionsInMemory(self.records)
        self.memory = MemoriesInMemory(self.records)
        self.changes = ChangesInMemory(self.records)
        self.forgetting = ForgettingInMemory(self.records)
        self.files = FilesInMemory(self.records)
        self.summaries = SummariesInMemory(self.records)
        self.titles = TitlesInMemory(self.records)
        self.turns = TurnsInMemory(self.records)
        self.jobs = JobsInMemory(self.records)
        self.hints = HintsInMemory(self.records)
        self.audit = AuditInMemory(self.records)
        self.usage = self.records.meter
        self.listing = ListingInMemory(self.records)
        self.overviews = OverviewsInMemory(self.records)
        self.muting = MutesInMemory(self.records)
        self.admin = AllSessionsInMemory(self.records)
        self.search: Any = UnavailableStore()
        self.merging: Any = UnavailableStore()
        self.export: Any = UnavailableStore()
        self.listening: Any = UnavailableStore()


def _counting_ids() -> Callable[[], SessionId]:
    numbers = count(1)
    return lambda: SessionId(f"s{next(numbers):04}")
