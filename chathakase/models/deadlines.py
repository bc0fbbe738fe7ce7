"""For how long a server is waited for, and for how long it may keep everybody else waiting."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import thread_time
from typing import TypeVar

from chathakase.models.bounds import Bounds, TooMuch

HOLD = 0.005
"""Seconds of work after which whoever reads lets others work."""

T = TypeVar("T")


class Watchdog:
    """Watches over an answer while it is read; each sign of life resets it."""

    def __init__(self, bounds: Bounds, *, begin_by: float) -> None:
        """``begin_by`` is when the first sign of life must have come, by the loop's clock."""
        self._silence = bounds.silence
        self._loop = asyncio.get_running_loop()
        self._last = self._end = self._loop.time() + bounds.lasting
        self._silent = begin_by
        self._life = 0
        self._ending = math.inf

    def hear(self, life: int) -> None:
        """Note how many signs of life there were until now."""
        if life > self._life:
            self._life, self._silent = life, self._loop.time() + self._silence
            self._end, self._ending = self._last, math.inf

    def end_within(self, seconds: float) -> None:
        """Wait no longer than so many seconds from now on, whatever comes but another sign of life."""
        if seconds < self._ending:
            self._ending = seconds
            self._end = min(self._last, self._loop.time() + seconds)

    async def wait(self, coming: Callable[[], Awaitable[T]]) -> T:
        """Wait for what is coming. Raises TimeoutError when all is silent for too long, TooMuch when it lasts so."""
        until = min(self._silent, self._end)
        # What never has to be waited for is never cut short by a timeout.
        if self._loop.time() < until:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    return await coming()
        raise TooMuch if self._end <= self._loop.time() else TimeoutError


class CooperativeYield:
    """Keeps a long piece of work from holding the event loop."""

    def __init__(self) -> None:
        # The time of the thread alone: whoever has waited has let others work.
        self._since = thread_time()

    async def take(self) -> None:
        """Let others work if it is time."""
        if thread_time() - self._since > HOLD:
            await asyncio.sleep(0)
            self._since = thread_time()
