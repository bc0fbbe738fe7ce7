"""“is thinking…” beneath a thread while the model has said nothing."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.slack.own_messages import THINKING
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority

REFRESH = 90.0
"""Seconds after which a status is set again; Slack drops it after two minutes
(https://docs.slack.dev/reference/methods/assistant.threads.setStatus)."""
AGAIN = 2.0
"""Seconds after which a status that could not be set just now is tried again."""
CLEAR_WITHIN = 2.0
"""Seconds for which the end of a reply waits for its status to be cleared."""
GONE_WITHIN = 1.0
"""Seconds for which the end of the process waits for that."""
MOST_FAILURES = 3
"""Failures in a row, of whatever kind, after which a way is taken to be closed."""

UNAVAILABLE = frozenset(
    {
        "unknown_method",
        "method_deprecated",
        "deprecated_endpoint",
        "missing_scope",
        "not_authorized",
        "no_permission",
        "access_denied",
        "not_allowed_token_type",
        "feature_disabled",
        "feature_not_enabled",
    }
)
"""Errors after which a way of setting statuses is not tried again in this workspace."""

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StatusMethod:
    """One of Slack's methods for it."""

    method: str
    shown: dict[str, Any]
    cleared: dict[str, Any]


WAYS = (
    StatusMethod("assistant.threads.setStatus", {"status": f"is {THINKING}"}, {"status": ""}),
    # Takes over from the method above in 2027, and is for apps that are declared agents.
    StatusMethod("agents.sessions.setStatus", {"status": "processing"}, {"status": "active"}),
)


class Statuses:
    """The ways to set a status that this workspace has not refused yet."""

    def __init__(self, calls: Calls, ways: Sequence[StatusMethod] = WAYS) -> None:
        self._calls = calls
        self._ways = list(ways)
        self._failures = 0
        """How often the present way has failed since it last did not."""
        self._reserved: set[Place] = set()
        """Where a status is shown, so that a call is reserved for taking it back."""
        self._shown: set[Place] = set()
        """Where one may stand, also since it arrived after that of another reply was taken back."""
        self._clearing: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Clear what can still be cleared soon, and give up the rest; no status is set or cleared after that."""
        self._ways.clear()
        if self._clearing:
            await asyncio.wait(self._clearing, timeout=GONE_WITHIN)
        for task in self._clearing:
            task.cancel()
        await asyncio.gather(*self._clearing, return_exceptions=True)

    async def show(self, place: Place) -> float | None:
        """Set the status of a thread; returns the seconds after which to do so again.

        None: it is not to be had here, so that something else must tell.
        """
        while self._ways:
            way = self._ways[0]
            if not self._try_reserve(way, place):
                return AGAIN
            try:
                await self._set(way, place, way.shown, priority=Priority.STATUS)
                self._shown.add(place)
                self._failures = 0
                return REFRESH
            except DeliveryError as error:
                if not self._refuses(way, error):
                    self._shown.add(place)
                    return AGAIN if error.passes else None
        return None

    async def take_back(self, place: Place) -> None:
        """Take the status of a thread back, if there may be one."""
        if place in self._shown:
            self._shown.discard(place)
            await self.clear(place)

    async def clear(self, place: Place) -> None:
        """Clear the status of a thread, whoever has set it; it is no harm if there is none."""
        if not self._ways:
            return
        # It must be gone in the end, but nobody waits for that as long as Slack may take.
        task = asyncio.create_task(self._clear(self._ways[0], place), name=f"clearing of {place.name}")
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)
        await asyncio.wait([task], timeout=CLEAR_WITHIN)

    async def _clear(self, way: StatusMethod, place: Place) -> None:
        if place in self._reserved:
            self._reserved.discard(place)
            self._calls.rate_limiter.release(way.method)
        try:
            await self._set(way, place, way.cleared, priority=Priority.ERROR)
        except DeliveryError as error:
            log.info("A status in %s was not cleared: %s", place.name, error)

    def _try_reserve(self, way: StatusMethod, place: Place) -> bool:
        """Keep a call for taking the status back; without one it is better not shown."""
        if place not in self._reserved and self._calls.rate_limiter.try_reserve(way.method):
            self._reserved.add(place)
        return place in self._reserved

    def _refuses(self, way: StatusMethod, error: DeliveryError) -> bool:
        """Whether an error means that this way is closed in this workspace; then it is not tried again."""
        if error.code in ("busy", "ratelimited"):
            return False
        self._failures += error.passes
        log.info("The status could not be set by %s: %s", way.method, error)
        closed = error.code in UNAVAILABLE or error.code.startswith(("http_4", "http_501"))
        if not closed and self._failures < MOST_FAILURES:
            return False
        if way not in self._ways:
            return True
        self._failures = 0
        for _ in self._reserved:
            self._calls.rate_limiter.release(way.method)
        self._reserved.clear()
        self._ways.remove(way)
        return True

    async def _set(self, way: StatusMethod, place: Place, status: dict[str, Any], *, priority: Priority) -> None:
        body = {"channel_id": place.channel, "thread_ts": place.thread, **status}
        await self._calls.send(way.method, body, priority=priority)


class Thinking:
    """Shows for one reply that something is on its way, from the first silence until its first words or its end."""

    def __init__(self, statuses: Statuses, place: Place, otherwise: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """``otherwise`` tells it where a status is not to be had."""
        self._statuses = statuses
        self._place = place
        self._otherwise = otherwise
        self._task: asyncio.Task[None] | None = None
        self._over = False

    def begin(self, *, after: float) -> None:
        """Show it after so many seconds, unless it is over before that."""
        self._task = asyncio.create_task(self._show(after), name=f"status of {self._place.name}")

    def over(self) -> None:
        """Have it taken back, without waiting for that."""
        if self._task is not None and not self._over:
            self._over = True
            self._task.cancel()

    async def end(self) -> None:
        """Have it taken back, and wait until that is done."""
        self.over()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _show(self, after: float) -> None:
        await asyncio.sleep(after)
        try:
            while (again := await finished(self._statuses.show(self._place))) is not None:
                await asyncio.sleep(again)
            await finished(self._otherwise())
        finally:
            # Slack clears it with the next message, but a reply may be an edit, and a late call may set it again.
            await self._statuses.take_back(self._place)


async def finished(call: Coroutine[Any, Any, T]) -> T:
    """Await a call to its end even when cancelled meanwhile: cut short, it could arrive after what undoes it."""
    task = asyncio.create_task(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
