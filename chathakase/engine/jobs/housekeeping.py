"""Has idle sessions expire, and what is old deleted."""

import logging

from chathakase.core.moments import DAY
from chathakase.core.ports import Stores

FOR_EVER = 36_500 * DAY

log = logging.getLogger(__name__)


class Housekeeping:
    """Keeps the store in order."""

    def __init__(self, stores: Stores, *, retention: int) -> None:
        """``retention``: idle milliseconds after which everything is deleted; 0 keeps it for ever."""
        self._store = stores.forgetting
        self._index = stores.merging
        self._usage = stores.usage
        self._audit = stores.audit
        self._retention = retention or FOR_EVER

    async def expire(self) -> None:
        """Expire the sessions that were idle for too long. Raises StoreError."""
        if expired := await self._store.expire():
            log.info("%d idle sessions expired", expired)

    async def prune(self) -> None:
        """Delete for good what is older than it may get, and what is left of deleted words. Raises StoreError."""
        if pruned := await self._store.prune(idle=self._retention):
            log.info("%d sessions were deleted for good", pruned)
        await self._usage.prune()
        await self._audit.prune()

    async def merge(self) -> None:
        """Put in order what searching needs. Raises StoreError."""
        await self._index.merge()
