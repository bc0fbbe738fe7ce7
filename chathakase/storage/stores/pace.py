"""How much of a long work is done at once, so that nobody waits long for the writer meanwhile."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from time import monotonic
from typing import TypeVar

AIM = 0.008
"""Seconds that one transaction should take at most, once it is its turn."""

_T = TypeVar("_T")


class Pace:
    """Finds out how much can be done in the time that there is."""

    def __init__(self, least: int, *, most: int) -> None:
        self._size = self._least = least
        self._most = most

    @asynccontextmanager
    async def unit(self, unit: AbstractAsyncContextManager[_T]) -> AsyncIterator[tuple[_T, int]]:
        """A unit of work, and how much to do in it; how long that takes tells how much the next one is to do."""
        async with unit as transaction:
            began = monotonic()
            yield transaction, self._size
        self._learn(monotonic() - began)

    @contextmanager
    def statement(self) -> Iterator[int]:
        """How much to do in one statement that commits by itself; how long that takes tells how much the next is to."""
        began = monotonic()
        yield self._size
        self._learn(monotonic() - began)

    def _learn(self, taken: float) -> None:
        if taken > AIM:
            self._size = max(self._size // 2, self._least)
        elif taken < AIM / 2:
            self._size = min(self._size + self._size // 4 + 1, self._most)
