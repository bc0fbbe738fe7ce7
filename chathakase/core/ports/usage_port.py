"""What the engine needs of a database to tell how much is used."""

from typing import Protocol

from chathakase.core.jobs import Job
from chathakase.core.types import Place, WorkspaceKey
from chathakase.core.usage import DailyUsage, UsageSums, UsedToday


class UsageStore(Protocol):
    """Remembers how much was used on each day. Every method raises StoreError when the database refuses.

    What is asked, and what models cost, is counted where it is saved: by the stores of sessions, turns, changes, titles
    and summaries. Days are those of the database's clock, in UTC.
    """

    async def days(self, workspace: WorkspaceKey, *, since: int, person: str) -> list[DailyUsage]:
        """What one person used in a workspace since a day, counted from 1970-01-01, the oldest first.

        One row for each channel, agent and model of a day.
        """

    async def sums(self, workspace: WorkspaceKey, *, since: int, until: int) -> UsageSums:
        """What everybody used in a workspace from one day to another, both included."""

    async def ask(self, job: Job) -> None:
        """Count as a question, however often it is tried, a job that is none, but has a model called.

        Raises LimitExceeded.
        """

    async def today(self, place: Place, person: str) -> UsedToday:
        """How much was used today by a person, in a place's channel, and in all."""

    async def lift(self, place: Place, person: str) -> int:
        """Have no limit hold for somebody in a place's workspace until the day ends; returns the day."""

    async def prune(self) -> int:
        """Delete what is older than it may get, in small transactions; returns how many rows."""
