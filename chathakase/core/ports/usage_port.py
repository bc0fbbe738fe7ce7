"""What the engine needs of a database to tell how much is used."""

from typing import Protocol

from chathakase.core.types import WorkspaceKey
from chathakase.core.usage import DailyUsage


class UsageStore(Protocol):
    """Remembers how much was used on each day. Every method raises StoreError when the database refuses.

    What is asked, and what models cost, is counted where it is saved: by the stores of sessions, turns, changes, titles
    and summaries. Days are those of the database's clock, in UTC.
    """

    async def days(self, workspace: WorkspaceKey, *, since: int, person: str | None = None) -> list[DailyUsage]:
        """What was used in a workspace since a day, counted from 1970-01-01, by everybody or one person; oldest first.

        One row for each channel, person, agent and model of a day.
        """

    async def prune(self) -> int:
        """Delete what is older than it may get, in small transactions; returns how many rows."""
