"""A queue that is served by rank first, and within a rank fairly by person. Pure."""

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(order=True, slots=True)
class _Entry(Generic[T]):
    rank: int
    round: int
    """Somebody's first waiting item is in the round that is served now, their next one in the round after that."""
    order: int
    whose: Hashable = field(compare=False)
    item: T = field(compare=False)


class FairQueue(Generic[T]):
    """Lower ranks go first. Of one rank everybody is served once before anybody is served twice.

    This is start-time fair queueing (Goyal, Vin and Cheng 1996) with items of equal cost: somebody who has a hundred
    items waiting delays the first item of somebody else by one of theirs. Each step takes logarithmic time.
    """

    def __init__(self, is_over: Callable[[T], bool]) -> None:
        """``is_over`` tells of an item that nobody waits for it any more."""
        self._is_over = is_over
        self._entries: list[_Entry[T]] = []
        self._order = count()
        self._served: dict[int, int] = {}
        """The round that is served, by rank."""
        self._last: dict[tuple[int, Hashable], tuple[int, int]] = {}
        """By rank and person: the round of their newest item, and how many of theirs are in the queue."""

    def __len__(self) -> int:
        """How many items there are, those included that are over and not dropped yet."""
        return len(self._entries)

    def push(self, item: T, *, rank: int, whose: Hashable) -> None:
        """Add an item of somebody; items of nobody (None, or an empty name) count as one person's."""
        key = (rank, whose)
        newest, waiting = self._last.get(key, (-1, 0))
        turn = max(self._served.get(rank, 0), newest + 1)
        self._last[key] = (turn, waiting + 1)
        heapq.heappush(self._entries, _Entry(rank, turn, next(self._order), whose, item))

    def first(self) -> tuple[int, T] | None:
        """The rank of the next item, and the item, which stays; None when nobody waits."""
        while self._entries:
            entry = self._entries[0]
            if not self._is_over(entry.item):
                return entry.rank, entry.item
            self._drop()
        return None

    def pop(self) -> None:
        """Take the item that ``first`` has told of."""
        self._served[self._entries[0].rank] = self._entries[0].round
        self._drop()

    def _drop(self) -> None:
        entry = heapq.heappop(self._entries)
        key = (entry.rank, entry.whose)
        newest, waiting = self._last[key]
        if waiting > 1:
            self._last[key] = (newest, waiting - 1)
        else:
            del self._last[key]
