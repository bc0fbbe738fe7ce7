"""Finds what was said while nobody listened, in the threads and channels where the bot takes part."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from chathakase.core.errors import DeliveryError, trace
from chathakase.core.ports import ListeningStore, Past
from chathakase.core.types import Heard, Incoming

MARGIN = 600_000
"""Milliseconds before the last sign of life that are looked at as well: what came then may not have been taken in, and
what was is known."""

ACTIVE_WITHIN = 86_400_000
"""Milliseconds before that in which a session was active that is looked into."""

MOST_SESSIONS = 200
"""How many sessions are looked into, the most recent ones; reading takes a call each, of fifty a minute."""

SHORT = 5.0
"""Seconds of silence after which nothing is looked for: Slack delivers again at once what is not acknowledged."""

AGAIN_AFTER = 60.0
"""Seconds after which a look is repeated that failed."""

log = logging.getLogger(__name__)


class CatchUp:
    """Looks for what was missed, one look at a time; while it is entered, one task of its own does so."""

    def __init__(
        self,
        *,
        listening: ListeningStore,
        past: Past,
        submit: Callable[[Incoming], Awaitable[None]],
        young: int,
        now: Callable[[], int],
    ) -> None:
        """A question that is older than ``young`` milliseconds is kept as context and not answered; 0: do not look."""
        self._listening = listening
        self._past = past
        self._submit = submit
        self._young = young
        self._now = now
        self._since: int | None = None
        """From when on something may have been missed, in epoch milliseconds."""
        self._changed = asyncio.Event()
        self._looking = True
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin with what was missed since somebody last listened. Raises StoreError."""
        self._since = await self._listening.until()
        self._changed.set()
        self._task = asyncio.create_task(self._follow(), name="catch-up")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def missed(self, seconds: float) -> None:
        """Nothing could be heard for so many seconds, until now."""
        if seconds >= SHORT:
            since = self._now() - round(seconds * 1000)
            self._since = since if self._since is None else min(self._since, since)
            self._changed.set()

    async def note(self) -> None:
        """Somebody listens now, and nothing of before is still to be looked for. Raises StoreError."""
        if not self._looking and not self._changed.is_set():
            await self._listening.note()

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._looking, since, self._since = True, self._since, None
            try:
                if since is not None and self._young:
                    await self._look(since)
                self._looking = False
            except Exception as error:  # noqa: BLE001 - whatever it is, what is delivered meanwhile is answered
                log.warning("What was missed could not be looked for, and will be again: %s", trace(error))
                self._since = since if self._since is None or since is None else min(self._since, since)
                await asyncio.sleep(AGAIN_AFTER)
                self._changed.set()

    async def _look(self, since: int) -> None:
        sessions = await self._listening.active(since=since - ACTIVE_WITHIN, limit=MOST_SESSIONS)
        earliest = (since - MARGIN) * 1000
        found = 0
        for channel in dict.fromkeys(heard.place.channel for heard in sessions):
            found += await self._take_in(self._past.channel(channel, since=earliest))
        for heard in sessions:
            found += await self._take_in(self._past.thread(heard.place, since=_from(heard, earliest)))
        log.info("Looked into %d threads for what was missed: %d messages", len(sessions), found)

    async def _take_in(self, reading: Awaitable[Iterable[Incoming]]) -> int:
        """Submit what is found in one place, in order; what is known already makes no difference."""
        try:
            messages = await reading
        except DeliveryError as error:
            log.info("A place could not be looked into: %s", error)
            return 0
        count = 0
        for incoming in messages:
            count += 1
            await self._submit(replace(incoming, asks=incoming.asks and self._is_young(incoming)))
        return count

    def _is_young(self, incoming: Incoming) -> bool:
        return self._now() - incoming.said // 1000 <= self._young


def _from(heard: Heard, earliest: int) -> int:
    """From when on a thread is read, in epoch microseconds.

    What it knows may have come out of order; what was said before it was opened is none of its matter.
    """
    return max(min(heard.last, earliest), heard.first)
