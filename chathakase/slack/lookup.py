"""What Slack tells about somebody or something, asked once in a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

from chathakase.slack.connection.trouble import trouble_of

KEPT = 3600.0
"""Seconds for which an answer is believed."""
KEPT_FAILURE = 60.0
"""Seconds until it is asked again what could not be told."""
PATIENCE = 3.0
"""Seconds to wait for Slack; a reply goes on without a name rather than late."""
MOST = 10_000
"""How much is remembered at once."""
MOST_ASKED = 60
"""How many are asked for at once; of all the others nothing is known for now. Slack takes about a hundred a minute
(https://docs.slack.dev/apis/web-api/rate-limits), and a single message can mention thousands."""
LASTING = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "no_permission", "access_denied"})
"""Errors that are not about what was asked for."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class Lookup(Generic[T]):
    """A cache of what is told about ids; it never raises."""

    def __init__(
        self,
        method: str,
        ask: Callable[[str], Awaitable[T]],
        unknown: Callable[[str], T],
        clock: Callable[[], float],
    ) -> None:
        """``ask`` calls the method; ``unknown`` is what is believed of an id of which nothing was ever told."""
        self._method = method
        self._ask = ask
        self._unknown = unknown
        self._clock = clock
        self._known: dict[str, tuple[float, T]] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._refused: set[str] = set()
        """The errors that the log has heard of."""

    async def find(self, ids: Collection[str]) -> Mapping[str, T]:
        """What is known of some ids, asked for as far as it must be, the first of them first."""
        now = self._clock()
        stale = [id_ for id_ in ids if id_ not in self._known or self._known[id_][0] < now]
        if stale:
            await asyncio.wait([self._call(id_) for id_ in stale[:MOST_ASKED]])
        return {id_: self._known[id_][1] if id_ in self._known else self._unknown(id_) for id_ in ids}

    def _call(self, id_: str) -> asyncio.Task[None]:
        """The one call under way about an id; it goes on when one of those who wait for it does not."""
        if id_ not in self._under_way:
            self._under_way[id_] = asyncio.create_task(self._look(id_), name=f"{self._method} of {id_}")
            self._under_way[id_].add_done_callback(lambda _: self._under_way.pop(id_))
        return self._under_way[id_]

    async def _look(self, id_: str) -> None:
        known = self._known.get(id_)
        kept = KEPT
        try:
            async with asyncio.timeout(PATIENCE):
                told = await self._ask(id_)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a name, the answer goes on without it
            self._tell_of(id_, trouble_of(error).code)
            told, kept = (known[1] if known else self._unknown(id_)), KEPT_FAILURE
        if len(self._known) >= MOST and known is None:
            self._known.pop(next(iter(self._known)))
        self._known[id_] = (self._clock() + kept, told)

    def _tell_of(self, id_: str, code: str) -> None:
        """Tell of a failure, and of one that is the same for all ids once."""
        if code in LASTING:
            if code in self._refused:
                return
            self._refused.add(code)
        log.warning("%s tells nothing of %s: %s", self._method, id_, code)
