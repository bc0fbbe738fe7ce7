"""The hold on turns and jobs: all of a process are renewed by one heartbeat."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType
from typing import Self, TypeVar

from chathakase.cancellation import end_all
from chathakase.clock import monotonic
from chathakase.core.errors import LeaseLost, StoreError, trace
from chathakase.core.jobs import Job
from chathakase.core.leases import CONFIRMED_FOR, RENEW_EVERY
from chathakase.core.ports import JobStore, TurnStore
from chathakase.core.types import Renewal
from chathakase.engine.turns.active_turns import ActiveTurn

log = logging.getLogger(__name__)
_T = TypeVar("_T")


class HeldLease:
    """The hold on one turn's lease."""

    def __init__(self, active_turn: ActiveTurn) -> None:
        self.lease = active_turn.lease
        self.lost = asyncio.Event()
        """Somebody else has the turn now, or there is none any more."""
        self._active_turn = active_turn
        self._confirmed_until = monotonic() + CONFIRMED_FOR
        self._renewed = asyncio.Event()

    def hear(self, renewal: Renewal, *, began: float) -> None:
        """Take in what a renewal found that was begun at a time, by the monotonic clock."""
        if renewal is Renewal.LOST:
            self.lost.set()
            return
        if renewal is Renewal.STOP:
            self._active_turn.stop.set()
        self._confirmed_until = began + CONFIRMED_FOR
        self._renewed.set()

    async def until_lost(self) -> None:
        """Wait until the lease is lost. Raises LeaseLost then."""
        await self.lost.wait()
        raise LeaseLost

    async def until_confirmed(self) -> None:
        """Wait until the turn is surely ours again: a process that stood still may have lost it long ago."""
        while monotonic() > self._confirmed_until:
            self._renewed.clear()
            self._active_turn.recheck.set()
            await self._renewed.wait()


class Heartbeat:
    """Renews what is held here, all leases by one statement and all jobs by another.

    While it is entered, it does so in one task of its own.
    """

    def __init__(self, turns: TurnStore, jobs: JobStore, recheck: asyncio.Event) -> None:
        """``recheck`` tells that somebody wants to know at once what a renewal finds."""
        self._turn_store = turns
        self._job_store = jobs
        self._recheck = recheck
        self._leases: set[HeldLease] = set()
        self._jobs: set[Job] = set()
        self._is_needed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        self._task = asyncio.create_task(self._beat(), name="heartbeat")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await end_all(filter(None, [self._task]))

    @contextmanager
    def holding(self, active_turn: ActiveTurn) -> Iterator[HeldLease]:
        """Hold on to a turn until the block ends, and hear by that whether somebody wants it stopped."""
        held = HeldLease(active_turn)
        if held.lease.resumed:
            # It may have been said while nobody held it.
            self._recheck.set()
        with self._among(self._leases, held):
            yield held

    def holding_job(self, job: Job) -> AbstractContextManager[None]:
        """Hold on to a job until the block ends."""
        return self._among(self._jobs, job)

    @contextmanager
    def _among(self, held: set[_T], each: _T) -> Iterator[None]:
        held.add(each)
        self._is_needed.set()
        try:
            yield
        finally:
            held.discard(each)
            if not self._leases and not self._jobs:
                self._is_needed.clear()

    async def _beat(self) -> None:
        while True:
            await self._is_needed.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_EVERY):
                    await self._recheck.wait()
            self._recheck.clear()
            await self._renew(self._renew_leases)
            await self._renew(self._renew_jobs)

    async def _renew(self, renewal: Callable[[], Awaitable[None]]) -> None:
        try:
            await renewal()
        except StoreError as error:
            # What is held is so for a while yet, and the next try may find the database free again.
            log.warning("Leases could not be renewed: %s", error)
        except Exception as error:  # noqa: BLE001 - nobody could write on without it
            log.error("Leases could not be renewed: %s", trace(error))

    async def _renew_leases(self) -> None:
        began, held = monotonic(), [each for each in self._leases if not each.lost.is_set()]
        if held:
            renewals = await self._turn_store.renew([each.lease for each in held])
            for each, renewal in zip(held, renewals, strict=True):
                each.hear(renewal, began=began)

    async def _renew_jobs(self) -> None:
        if self._jobs:
            await self._job_store.hold([*self._jobs])
