"""Tells what is due in a session after a turn: a title, or a summary."""

from collections.abc import Sequence

from chathakase.core.ports import MemoryStore
from chathakase.core.types import Session
from chathakase.engine.context.summaries import Summaries
from chathakase.engine.context.titles import Titles
from chathakase.engine.turns.background import Chore


class Upkeep:
    """Looks at a session once for all of it, since mostly nothing is due."""

    def __init__(self, *, memory: MemoryStore, titles: Titles, summaries: Summaries) -> None:
        self._memory = memory
        self._titles = titles
        self._summaries = summaries

    async def due(self, session: Session) -> Sequence[Chore]:
        """What is due in a session. Raises StoreError."""
        progress = await self._memory.progress(session.id, limit=self._summaries.looks_at)
        chores: list[tuple[bool, Chore]] = [
            (self._titles.is_due(progress), self._titles.write_title),
            (self._summaries.is_due(progress), self._summaries.write_summary),
        ]
        return [chore for is_due, chore in chores if is_due]
