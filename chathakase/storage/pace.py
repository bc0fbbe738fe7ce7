"""How much of a long work is done at once, so that nobody waits long for the writer meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

AIM = 0.008
"""Seconds that one transaction should take."""


class Pace:
    """Finds out how much can be done in the time that there is."""

    def __init__(self, size: int, *, most: int) -> None:
        self.size = size
        self._most = most

    @contextmanager
    def measured(self) -> Iterator[int]:
        """Do so much, and see how long it takes: what took too long is halved, also when it only stood in line."""
        began = monotonic()
        yield self.size
        taken = monotonic() - began
        if taken > 2 * AIM:
            self.size = max(self.size // 2, 1)
        elif taken < AIM:
            self.size = min(self.size + self.size // 4 + 1, self._most)
