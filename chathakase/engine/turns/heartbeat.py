"""The hold on leases: all of a process are renewed by one heartbeat, and made sure of before anything is written."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from chathakase.clock import monotonic
from chathakase.core.errors import LeaseLost, StoreError, trace
from chathakase.core.leases import RENEW_EVERY, SURE_FOR
from chathakase.core.ports import TurnStore
from chathakase.core.types import Renewal
from chathakase.engine.turns.active_turns import ActiveTurn

log = logging.getLogger(__name__)


class HeldLease:
    """The hold on one turn's lease."""

    def __init__(self, active_turn: ActiveTurn) -> None:
        self.lease = active_turn.lease
        self.lost = asyncio.Event()
        """Somebody else has the turn now, or there is none any more."""
        self._active_turn = active_turn
        self._sure_until = monotonic() + SURE_FOR
        self._renewed = asyncio.Event()

    def hear(self, renewal: Renewal, *, began: float) -> None:
        """Take in what a renewal found that was begun at a time, by the monotonic clock."""
        if renewal is Renewal.LOST:
            self.lost.set()
            return
        if renewal is Renewal.STOP:
            self._active_turn.stop.set()
        self._sure_until = began + SURE_FOR
        self._renewed.set()

    async def until_lost(self) -> None:
        """Wait until the lease is lost. Raises LeaseLost then."""
        await self.lost.wait()
        raise LeaseLost

    async def sure(self) -> None:
        """Wait until the turn is surely ours: a process that stood still may have lost it long ago."""
        while monotonic() > self._sure_until:
            self._renewed.clear()
            self._active_turn.recheck.set()
            await self._renewed.wait()


class Heartbeat:
    """Renews all leases that are held here by one statement; while it is entered, in one task of its own."""

    def __init__(self, turns: TurnStore, recheck: asyncio.Event) -> None:
        """``recheck`` tells that somebody wants to know at once what a renewal finds."""
        self._turns = turns
        self._recheck = recheck
        self._held: set[HeldLease] = set()
        self._is_needed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        self._task = asyncio.create_task(self._beat(), name="heartbeat")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @contextmanager
    def holding(self, active_turn: ActiveTurn) -> Iterator[HeldLease]:
        """Hold on to a turn until the block ends, and hear by that whether somebody wants it stopped."""
        held = HeldLease(active_turn)
        self._held.add(held)
        self._is_needed.set()
        if held.lease.resumed:
            # It may have been said while nobody held it.
            self._recheck.set()
        try:
            yield held
        finally:
            self._held.discard(held)
            if not self._held:
                self._is_needed.clear()

    async def _beat(self) -> None:
        while True:
            await self._is_needed.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_EVERY):
                    await self._recheck.wait()
            self._recheck.clear()
            try:
                await self._renew()
            except StoreError as error:
                # They hold for a while yet, and the next try may find the database free again.
                log.warning("The leases on %d sessions could not be renewed: %s", len(self._held), error)
            except Exception as error:  # noqa: BLE001 - nobody could write on without it
                log.error("The leases could not be renewed: %s", trace(error))

    async def _renew(self) -> None:
        began, held = monotonic(), [each for each in self._held if not each.lost.is_set()]
        if held:
            renewals = await self._turns.renew([each.lease for each in held])
            for each, renewal in zip(held, renewals, strict=True):
                each.hear(renewal, began=began)
