"""What Slack tells about somebody or something, asked once in a while, and only so often in a minute.

Whoever writes a message can mention thousands who do not exist. So those who are merely mentioned are asked for last
and have a share of their own, and nothing of what was asked for reaches a log.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from chathakase.core.cache import LruCache
from chathakase.slack.web.call_errors import failure_of

TIMEOUT = 3.0
"""Seconds to wait for Slack; a reply goes on without a name rather than late."""
MOST = 10_000
"""How much is remembered at once."""
MOST_ASKED = 30
"""How many are asked for at once; of all the others nothing is known for now."""
MINUTE = 60.0

LASTING = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "no_permission", "access_denied"})
"""Errors that are not about what was asked for."""
NOTHING_THERE = frozenset(
    {"user_not_found", "users_not_found", "user_not_visible", "invalid_user", "channel_not_found", "invalid_channel"}
)
"""Errors that say that there is nobody, or nothing, to be told of."""

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LookupLimits:
    """How often is asked, and how long an answer is believed; times are in seconds.

    Slack takes about a hundred calls of ``users.info`` a minute and fifty of ``conversations.info``
    (https://docs.slack.dev/apis/web-api/rate-limits).
    """

    kept: float = 3600.0
    """For how long an answer is believed, also that there is nobody."""
    kept_failure: float = 60.0
    """After how long it is asked again what could not be told."""
    a_minute: int = 60
    """How many calls may be made within a minute."""
    for_mentioned: int = 20
    """How many of them for those who are merely mentioned."""
    spare: int = 0
    """How many more may be made for one that cannot wait."""
    outlives: bool = True
    """Whether an old answer is better than none."""


class Budget:
    """So many calls within any minute."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._made: deque[float] = deque(maxlen=most)
        self._clock = clock

    @property
    def is_left(self) -> bool:
        """Whether another call may be made."""
        most = self._made.maxlen or 0
        return len(self._made) < most or (most > 0 and self._made[0] <= self._clock() - MINUTE)

    def spend(self) -> None:
        """Note a call."""
        self._made.append(self._clock())


class Lookup(Generic[T]):
    """A cache of what is told about ids; it never raises."""

    def __init__(
        self,
        method: str,
        ask: Callable[[str], Awaitable[T]],
        unknown: Callable[[str], T],
        clock: Callable[[], float],
        manner: LookupLimits,
    ) -> None:
        """``ask`` calls the method; ``unknown`` is what is believed of an id of which nothing was ever told."""
        self._method = method
        self._ask = ask
        self._unknown = unknown
        self._clock = clock
        self._manner = manner
        self._all = Budget(manner.a_minute, clock)
        self._mentioned = Budget(manner.for_mentioned, clock)
        self._spare = Budget(manner.spare, clock)
        self._known: LruCache[str, tuple[float, T]] = LruCache(MOST)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._refused: set[str] = set()
        """The errors that the log has heard of."""

    async def find(self, ids: Collection[str], *, mentioned: Collection[str] = ()) -> Mapping[str, T]:
        """What is known of some ids, asked for as far as it must and may be, the first of them first."""
        calls = list(self._calls(ids, MOST_ASKED, self._all))
        calls += self._calls(mentioned, MOST_ASKED - len(calls), self._all, self._mentioned)
        if calls:
            await asyncio.wait(calls, timeout=TIMEOUT)
        return {id_: self.told(id_) for id_ in (*ids, *mentioned)}

    async def find_urgently(self, id_: str, *, within: float) -> T:
        """The same of one id, for which there are calls when all others of this minute are made.

        Whoever waits no longer than ``within`` seconds leaves the call to those who come later.
        """
        budget = self._all if self._all.is_left else self._spare
        for call in self._calls([id_], 1, budget):
            await asyncio.wait([call], timeout=within)
        return self.told(id_)

    def expect(self, ids: Collection[str]) -> None:
        """Begin to ask about ids that will be looked up soon, without waiting for it."""
        for _ in self._calls(ids, MOST_ASKED, self._all):
            pass

    def forget_failure(self, id_: str) -> None:
        """Ask about an id when it is looked up next, even though that failed a moment ago."""
        self._known.pop(id_, None)

    def _calls(self, ids: Collection[str], most: int, *budgets: Budget) -> Iterator[asyncio.Task[None]]:
        """The calls about some ids of which nothing is known for now, those that are under way and as many new ones."""
        for id_ in ids:
            if most <= 0:
                return
            if self._is_fresh(id_) or not (id_ in self._under_way or all(budget.is_left for budget in budgets)):
                continue
            if id_ not in self._under_way:
                for budget in budgets:
                    budget.spend()
            most -= 1
            yield self._call(id_)

    def _is_fresh(self, id_: str) -> bool:
        return id_ in self._known and self._known[id_][0] >= self._clock()

    def told(self, id_: str) -> T:
        """What was told of an id last, as far as that is believed; nothing is asked for."""
        known = id_ in self._known and (self._manner.outlives or self._is_fresh(id_))
        return self._known[id_][1] if known else self._unknown(id_)

    def _call(self, id_: str) -> asyncio.Task[None]:
        """The one call under way about an id; it goes on when one of those who wait for it does not."""
        if id_ not in self._under_way:
            self._under_way[id_] = asyncio.create_task(self._look(id_), name=self._method)
            self._under_way[id_].add_done_callback(lambda _: self._under_way.pop(id_))
        return self._under_way[id_]

    async def _look(self, id_: str) -> None:
        # What Slack answers was so at this time at the earliest.
        began, kept = self._clock(), self._manner.kept
        try:
            async with asyncio.timeout(TIMEOUT):
                told = await self._ask(id_)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a name, the answer goes on without it
            code = failure_of(error).code
            self._tell_of(code)
            told, kept = self.told(id_), kept if code in NOTHING_THERE else self._manner.kept_failure
        self._known[id_] = (began + kept, told)

    def _tell_of(self, code: str) -> None:
        """Tell of a failure, and of one that is the same for all ids once; never of what was asked for."""
        if code in NOTHING_THERE or code in self._refused:
            return
        if code in LASTING:
            self._refused.add(code)
        log.warning("%s failed: %s", self._method, code)
