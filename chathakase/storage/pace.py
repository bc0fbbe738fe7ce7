"""How much of a long work is done at once, so that nobody waits long for the writer meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

AIM = 0.006
"""Seconds that the statements of one transaction should take at most."""


class Pace:
    """Finds out how much can be done in the time that there is."""

    def __init__(self, least: int, *, most: int) -> None:
        self.size = self._least = least
        self._most = most

    @contextmanager
    def measured(self) -> Iterator[int]:
        """Do so much, and see how long it takes; whoever has to stand in line first does that outside."""
        began = monotonic()
        yield self.size
        taken = monotonic() - began
        if taken > AIM:
            self.size = max(self.size // 2, self._least)
        elif taken < AIM / 2:
            self.size = min(self.size + self.size // 4 + 1, self._most)
