"""Who was told something lately, so that they are not told it again for a while."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)


class ToldLately(Generic[_Key]):
    """Remembers it for some seconds, by whatever tells one reader from another."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds."""
        self._seconds = seconds
        self._clock = clock
        self._told: OrderedDict[_Key, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._told)

    def tells(self, key: _Key) -> bool:
        """Whether somebody is to be told; not again for a while, once they are to be."""
        now = self._clock()
        while self._told and next(iter(self._told.values())) <= now - self._seconds:
            self._told.popitem(last=False)
        if key in self._told:
            return False
        self._told[key] = now
        return True

    @contextmanager
    def telling(self, key: _Key) -> Iterator[bool]:
        """Whether somebody is to be told in the block; if that fails, they were not."""
        tells = self.tells(key)
        try:
            yield tells
        except BaseException:
            if tells:
                self.untell(key)
            raise

    def untell(self, key: _Key) -> None:
        """Somebody was not told after all."""
        self._told.pop(key, None)
