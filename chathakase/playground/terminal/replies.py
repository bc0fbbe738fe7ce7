"""The bot's messages as they grow, and when each may be taken for finished."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from chathakase.playground.world.values import Message
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import (
    Change,
    EphemeralPosted,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    StatusSet,
)


@dataclass(slots=True)
class _Growing:
    """A message that may still be edited; times in seconds of a monotonic clock."""

    message: Message
    changed_at: float
    longest_gap: float = 0.0


class Replies:
    """Follows what the bot writes anywhere in the world; a context manager that stops at its end.

    A message counts as finished when it has not been edited for `settle` seconds, and for a bot that edits slowly for
    one and a half times its longest pause so far.
    """

    def __init__(self, world: World, settle: float = 1.5, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = world.app.user_id
        self._settle = settle
        self._clock = clock
        self._growing: dict[str, _Growing] = {}
        self._stirred = asyncio.Event()
        self._stop = world.subscribe(self._observe)
        self.status = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def latest(self) -> Message | None:
        """The newest message that may still grow."""
        newest = max(self._growing, default=None)
        return None if newest is None else self._growing[newest].message

    def finished(self) -> Sequence[Message]:
        """The messages that have finished since this was asked last, in their order."""
        now = self._clock()
        done = sorted(ts for ts, each in self._growing.items() if now >= self._ends(each))
        return [self._growing.pop(ts).message for ts in done]

    def _ends(self, growing: _Growing) -> float:
        return growing.changed_at + max(self._settle, 1.5 * growing.longest_gap)

    async def stirred(self, within: float) -> None:
        """Wait until the bot does something or a message may have finished, but no longer than `within` seconds."""
        now = self._clock()
        ends = min(map(self._ends, self._growing.values()), default=now + within)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), max(0.0, min(within, ends - now)))
        self._stirred.clear()

    def _observe(self, change: Change) -> None:
        match change:
            case MessagePosted(message=message) | EphemeralPosted(message=message) if message.user == self._bot:
                self._grown(message)
            case MessageChanged(message=message) if message.user == self._bot:
                self._grown(message)
            case MessageDeleted(previous=message):
                self._growing.pop(message.ts, None)
            case StatusSet():
                self.status = change.status
            case _:
                return
        self._stirred.set()

    def _grown(self, message: Message) -> None:
        now = self._clock()
        self.status = ""
        known = self._growing.get(message.ts)
        if known is None:
            self._growing[message.ts] = _Growing(message, now)
            return
        known.longest_gap = max(known.longest_gap, now - known.changed_at)
        known.message, known.changed_at = message, now
