"""Brings in what was said in a thread before the bot was called."""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum, auto

from chathakase.clock import monotonic
from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError
from chathakase.core.memory import Memory
from chathakase.core.ports import History, MemoryStore
from chathakase.core.types import Incoming, Place, Session

WITHIN = 12.0
"""Seconds after which the answer is written without the backfill; a later turn tries again."""

LONG, REST = 3.0, 600.0
"""Seconds that a failure may take, and for which no turn waits again for what failed more slowly."""

RESTING = 1_000
"""Of how many threads that is remembered."""

MOST = 1_000
"""How many earlier messages are kept, the newest ones."""

log = logging.getLogger(__name__)


class BackfillResult(Enum):
    """What came of a look at what was said before the session."""

    NOTHING = auto()
    """There is nothing more to remember than before."""
    MORE = auto()
    """There is more to remember now."""
    MISSING = auto()
    """It could not be read, and is missing for now."""


class ThreadBackfill:
    """Reads what was said in a thread before its session, once."""

    def __init__(
        self, *, history: History, store: MemoryStore, is_command: Callable[[Incoming], bool], now: Callable[[], int]
    ) -> None:
        """``now`` tells epoch milliseconds, and ``is_command`` what is no part of a conversation."""
        self._history = history
        self._store = store
        self._is_command = is_command
        self._now = now
        self._rests: LruCache[Place, float] = LruCache(RESTING)
        """Threads that took too long, and until when they are left alone."""

    async def read(self, session: Session, memory: Memory, *, whose: str) -> BackfillResult:
        """Store what was said before as context, if nobody has. Raises StoreError.

        ``whose`` is the person for whom it is read, so that nobody else waits for all that one person has read.
        Where nobody has said anything but commands, that is all of the thread.
        """
        if memory.backfilled:
            return BackfillResult.NOTHING
        place = session.place
        if monotonic() < self._rests.get(place, 0.0):
            return BackfillResult.MISSING
        began, before = monotonic(), memory.opening.said if memory.opening else self._now() * 1000
        try:
            async with asyncio.timeout(WITHIN):
                messages = await self._history.earlier(place, before=before, limit=MOST, whose=whose)
        except (DeliveryError, TimeoutError) as error:
            log.warning("Earlier messages in %s could not be read: %s", place.name, str(error) or "timed out")
            if monotonic() - began > LONG:
                self._rests[place] = monotonic() + REST
            return BackfillResult.MISSING
        self._rests.pop(place, None)
        found = [each for each in messages if not self._is_command(each)]
        new = await self._store.add_earlier(session.id, found)
        log.info("%d earlier messages were read in %s", new, place.name)
        # Those that were stored already may have come by themselves since memory was read.
        return BackfillResult.MORE if found else BackfillResult.NOTHING
