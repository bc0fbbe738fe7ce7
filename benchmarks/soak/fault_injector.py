"""What goes wrong now and then in a soak: all of it once, in an order of chance, before any of it again."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from chathakase.playground.faults import Faults
from chathakase.playground.server import Workspace

EVERY = 6.0
"""Seconds from one fault to the next."""
POST, UPDATE, STATUS = "chat.postMessage", "chat.update", "assistant.threads.setStatus"

CALLS: Mapping[str, Callable[[Faults], None]] = {
    "post: 429": lambda faults: faults.rate_limit(POST, retry_after=2),
    "post: 503": lambda faults: faults.http_error(POST),
    "post: a page of HTML": lambda faults: faults.html(POST),
    "post: lost on its way": lambda faults: faults.lose_call(POST),
    "post: done, its answer lost": lambda faults: faults.lose_answer(POST),
    "post: hangs": lambda faults: faults.hang(POST),
    "post: done, but hangs": lambda faults: faults.hang(POST, done=True),
    "edit: 429": lambda faults: faults.rate_limit(UPDATE, retry_after=2),
    "edit: 503": lambda faults: faults.http_error(UPDATE),
    "edit: done, its answer lost": lambda faults: faults.lose_answer(UPDATE),
    "edit: hangs": lambda faults: faults.hang(UPDATE),
    "status: 429": lambda faults: faults.rate_limit(STATUS),
    "status: 503": lambda faults: faults.http_error(STATUS),
    "any call: late by a second": lambda faults: faults.delay("*", 1.0, times=10),
}


class FaultInjector:
    """Causes faults in a workspace."""

    def __init__(self, workspace: Workspace, rng: random.Random) -> None:
        self.made: Counter[str] = Counter()
        self._workspace = workspace
        self._rng = rng
        self._deck: list[str] = []
        self._events: Mapping[str, Callable[[], Awaitable[None]]] = {
            "socket: refreshed": self._refresh,
            "socket: dropped": self._drop,
            "events: twice": self._twice,
            "events: out of order": self._shuffled,
            "events: the last one again": self._again,
            "events: acknowledgements overlooked": self._overlooked,
        }

    async def go_on(self) -> None:
        """Cause faults until cancelled; then there is no more of it ahead."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self._make(self._next())
        finally:
            self._workspace.faults.clear()

    def _next(self) -> str:
        if not self._deck:
            self._deck = [*CALLS, *self._events]
            self._rng.shuffle(self._deck)
        return self._deck.pop()

    async def _make(self, name: str) -> None:
        self.made[name] += 1
        if name in CALLS:
            CALLS[name](self._workspace.faults)
        else:
            await self._events[name]()

    async def _refresh(self) -> None:
        await self._workspace.disconnect()

    async def _drop(self) -> None:
        self._workspace.drop_sockets()

    async def _twice(self) -> None:
        self._workspace.faults.duplicate_events = 10

    async def _shuffled(self) -> None:
        self._workspace.faults.shuffled_events = 0.3
        await asyncio.sleep(EVERY)
        self._workspace.faults.shuffled_events = 0.0

    async def _again(self) -> None:
        self._workspace.redeliver_last()

    async def _overlooked(self) -> None:
        self._workspace.faults.acks_held = True
        await asyncio.sleep(1.0)
        self._workspace.faults.acks_held = False
