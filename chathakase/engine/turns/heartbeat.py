"""The hold on a turn's lease: renewed by a heartbeat, and made sure of before anything is written."""

import asyncio
import logging
from contextlib import suppress

from chathakase.clock import monotonic
from chathakase.core.errors import LeaseLost, StoreError
from chathakase.core.leases import RENEW_EVERY, SURE_FOR
from chathakase.core.ports import TurnStore
from chathakase.core.types import Renewal
from chathakase.engine.turns.active_turns import ActiveTurn

log = logging.getLogger(__name__)


class Heartbeat:
    """Holds on to a turn."""

    def __init__(self, turns: TurnStore, active_turn: ActiveTurn) -> None:
        self._turns = turns
        self._active_turn = active_turn
        self._sure_until = monotonic() + SURE_FOR
        self._renewed = asyncio.Event()

    async def run(self) -> None:
        """Renew the lease, and hear by that whether somebody wants the turn stopped. Raises LeaseLost."""
        lease, recheck = self._active_turn.lease, self._active_turn.recheck
        if lease.resumed:
            # It may have been said while nobody held it.
            recheck.set()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_EVERY):
                    await recheck.wait()
            recheck.clear()
            try:
                await self._renew()
            except StoreError as error:
                # The lease holds for a while yet, and the next try may find the database free again.
                log.warning("The lease on %s could not be renewed: %s", lease.place.name, error)

    async def sure(self) -> None:
        """Wait until the turn is surely ours: a process that stood still may have lost it long ago."""
        while monotonic() > self._sure_until:
            self._renewed.clear()
            self._active_turn.recheck.set()
            await self._renewed.wait()

    async def _renew(self) -> None:
        began = monotonic()
        hold = await self._turns.renew(self._active_turn.lease)
        if hold is Renewal.LOST:
            raise LeaseLost
        if hold is Renewal.STOP:
            self._active_turn.stop.set()
        self._sure_until = began + SURE_FOR
        self._renewed.set()
