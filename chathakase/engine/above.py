"""Brings in what was said in a thread before the bot was called."""

import asyncio
import logging

from chathakase.core.errors import DeliveryError
from chathakase.core.memory import Memory
from chathakase.core.ports import MemoryStore, Past
from chathakase.core.types import Place

WITHIN = 12.0
"""Seconds after which the answer is written without what is above; the next turn tries again."""

MOST = 1_000
"""How many messages are kept of what is above, the newest ones."""

log = logging.getLogger(__name__)


class Above:
    """Reads a thread upwards, once."""

    def __init__(self, *, past: Past, store: MemoryStore) -> None:
        self._past = past
        self._store = store

    async def read(self, place: Place, memory: Memory) -> bool:
        """Store what is above as context, if nobody has; whether there is more to remember now. Raises StoreError."""
        if memory.above_read or memory.opening is None:
            return False
        try:
            async with asyncio.timeout(WITHIN):
                messages = await self._past.above(place, before=memory.opening.ref, limit=MOST)
        except (DeliveryError, TimeoutError) as error:
            log.warning("What is above in %s could not be read: %s", place.session_id, error or "not in time")
            return False
        new = await self._store.add_above(place, messages)
        log.info("%d messages above were read in %s", new, place.session_id)
        return new > 0
