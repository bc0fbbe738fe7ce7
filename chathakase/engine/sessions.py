"""The session manager: keeps all sessions going from the start until the end of all work."""

import asyncio
import logging

from chathakase.clock import monotonic
from chathakase.core.errors import StoreError
from chathakase.engine.intake.reception import Reception
from chathakase.engine.intake.requests import Requests
from chathakase.engine.turns.scheduler import TurnScheduler

PAUSED_WITHIN = 2.5
"""Seconds in which turns that are cut short can say so and let go."""

log = logging.getLogger(__name__)


class SessionManager:
    """Sees to it that each session is answered, one turn at a time, whatever was in the way."""

    def __init__(self, reception: Reception, requests: Requests, scheduler: TurnScheduler, *, grace: float) -> None:
        """``grace`` are the seconds that turns get to end at shutdown."""
        self.reception = reception
        self.requests = requests
        self.scheduler = scheduler
        self.jobs = requests.jobs
        self._grace = grace
        self._ends: float | None = None
        """When the turns under way must have ended, once nothing more is begun."""

    async def wake_waiting(self) -> None:
        """Have done whatever waits and nobody works on: after a restart, a crash or a lost lease.

        Raises StoreError.
        """
        await self.reception.look_for_early_messages()
        await self.scheduler.wake_waiting()
        await self.requests.claim_abandoned()

    def begin_shutdown(self) -> None:
        """Begin nothing more; the turns under way have their grace period from now on."""
        if self._ends is None:
            self._ends = monotonic() + self._grace
            self.scheduler.stop_starting()
            self.jobs.stop_starting()

    async def close(self) -> None:
        """Wait for the turns under way until their grace period ends, then have them pause."""
        self.begin_shutdown()
        last_look = asyncio.create_task(self._look_for_early_messages(), name="early messages")
        tasks = [last_look, *self.scheduler.tasks, *self.jobs.tasks]
        if self._ends is not None:
            _, late = await asyncio.wait(tasks, timeout=max(self._ends - monotonic(), 0))
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=PAUSED_WITHIN)

    async def _look_for_early_messages(self) -> None:
        """Another process may have opened the session of what was acknowledged here a moment ago."""
        try:
            await self.reception.look_for_early_messages()
        except StoreError as error:
            log.error("Messages that came before their session was opened could not be stored: %s", error)
