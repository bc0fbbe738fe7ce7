"""What the stores in memory are asked, and when they are to refuse."""

import asyncio
from collections import Counter

from chathakase.clock import monotonic
from chathakase.core.errors import StoreError


class Trips:
    """Counts what is asked; others get to run meanwhile, as they do while a database works."""

    def __init__(self) -> None:
        self.made: list[tuple[float, str]] = []
        """When what was asked, as ``store.method``, in its order."""
        self._refused: Counter[str] = Counter()
        self._lasting: dict[str, float] = {}

    async def make(self, name: str) -> None:
        """Ask something. Raises StoreError when it is to be refused."""
        self.made.append((monotonic(), name))
        await asyncio.sleep(self._lasting.get(name, 0))
        if self._refused[name] > 0:
            self._refused[name] -= 1
            raise StoreError("the disk is full")

    def times(self, name: str) -> list[float]:
        """When something was asked, in seconds of the loop's clock."""
        return [at for at, made in self.made if made == name]

    def refuse(self, name: str, *, times: int = 1) -> None:
        """Have the next few times that something is asked refused."""
        self._refused[name] += times

    def bear(self, name: str) -> None:
        """Have it refused no longer."""
        del self._refused[name]

    def last(self, name: str, seconds: float) -> None:
        """Have it take so long from now on."""
        self._lasting[name] = seconds
