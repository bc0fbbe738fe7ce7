"""How much of a long work is done at once, so that nobody waits long for the writer meanwhile."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

AIM = 0.008
"""Seconds that one transaction should take at most, once it is its turn."""

_T = TypeVar("_T")
_TransactionT = TypeVar("_TransactionT")


class BatchSize:
    """Finds out how much can be done in the time that there is."""

    def __init__(self, least: int, *, most: int) -> None:
        self._size = self._least = least
        self._most = most

    async def unit(
        self,
        do: Callable[[Callable[[_TransactionT], Coroutine[Any, Any, _T]]], Awaitable[_T]],
        work: Callable[[_TransactionT, int], Coroutine[Any, Any, _T]],
    ) -> _T:
        """Have a unit of work done, which is told how much to do; how long it takes tells how much the next one is to.

        ``do`` is the database's verb for it.
        """
        began = 0.0

        async def timed(transaction: _TransactionT) -> _T:
            nonlocal began
            began = monotonic()
            return await work(transaction, self._size)

        done = await do(timed)
        self._learn(monotonic() - began)
        return done

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
