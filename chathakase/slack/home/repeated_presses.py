"""Tells whose press comes twice, by a double click or a second delivery, from who presses once more."""

from collections.abc import Callable

from chathakase.core.cache import LruCache

WITHIN = 1.0
"""Seconds within which the same press again is none of its own; a window that it opens is there by then."""
MOST_KNOWN = 1_000
"""Presses that are known at once."""


class RepeatedPresses:
    """Knows what was pressed of late."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds."""
        self._clock = clock
        self._pressed: LruCache[str, float] = LruCache(MOST_KNOWN)

    def is_repeated(self, ref: str) -> bool:
        """Whether the same was pressed just now; if not, that is noted."""
        now = self._clock()
        if now - self._pressed.get(ref, -WITHIN) < WITHIN:
            return True
        self._pressed[ref] = now
        return False
