"""What was said in a thread before the message came that opens a session there: events come in any order."""

from collections.abc import Callable

from chathakase.core.cache import LruCache
from chathakase.core.types import Incoming, Place

KEPT = 30.0
"""Seconds in which the opening message may still come; after that only the next look for what was missed finds them."""
MOST = 1_000
"""How many are kept, in memory alone: most of them are people's talk among themselves."""


class ReorderBuffer:
    """The newest messages that belong to no session."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds."""
        self._clock = clock
        self._kept: LruCache[tuple[Place, str], tuple[float, Incoming]] = LruCache(MOST)

    def keep(self, incoming: Incoming) -> None:
        """Keep a message for a while."""
        self._kept[incoming.place, incoming.ref] = (self._clock(), incoming)

    def places(self) -> frozenset[Place]:
        """Where they were said, while they are fresh."""
        return frozenset(place for (place, _), (at, _) in self._kept.items() if self._is_fresh(at))

    def take_all(self, place: Place) -> list[Incoming]:
        """What was said in a thread, oldest first; for a session that somebody else has opened."""
        mine = [key for key in self._kept if key[0] == place]
        taken = [self._kept.pop(key) for key in mine]
        return sorted((early for at, early in taken if self._is_fresh(at)), key=lambda early: early.said)

    def take(self, opening: Incoming) -> list[Incoming]:
        """What was said in a thread after the message that opens its session, but came before it."""
        return [early for early in self.take_all(opening.place) if early.said > opening.said]

    def _is_fresh(self, at: float) -> bool:
        return at >= self._clock() - KEPT
