"""Says whether the model may be called now: so that one person, or one channel, does not take everybody's turn."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from chathakase.core.types import Place, UserKey
from chathakase.engine.access.told_lately import ToldLately

_Counted = UserKey | Place

WINDOW = 60.0
"""Seconds in which calls are counted."""

TOO_MANY_BY_YOU = "too many by you"
TOO_MANY_HERE = "too many here"
BUSY = "busy"
"""What is told to whoever asks too much; no words that a person could say to the bot as a command."""

WHYS = frozenset({TOO_MANY_BY_YOU, TOO_MANY_HERE, BUSY})

AN_ACTION = "an action"
"""The argument of what is told where no question was refused but a command or a button."""


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """What is borne at most; 0 means any number."""

    by_person: int = 0
    """Questions a minute of one person, and whatever else of theirs makes the model write again."""
    by_channel: int = 0
    """The same in one channel."""
    waiting: int = 0
    """Sessions that wait for their turn."""


class Cause(Protocol):
    """What somebody says or presses, and for which the model is called."""

    @property
    def author(self) -> str:
        """The surface's user id of whoever causes it."""

    @property
    def place(self) -> Place:
        """Where."""


@dataclass(frozen=True, slots=True)
class Caused:
    """A Cause by itself."""

    author: str
    place: Place


class Admission:
    """Counts calls of the model by the person who causes them, and by channel."""

    def __init__(self, load: LoadLimits, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds."""
        self._load = load
        self._clock = clock
        self._asked: dict[_Counted, deque[float]] = {}
        self._told = ToldLately[tuple[str, Place]](WINDOW, clock)
        self._forgot_at = clock()

    def refusal(self, cause: Cause, *, waiting: int = 0) -> str | None:
        """Why the model cannot be called now, if so; else it is counted. ``waiting`` sessions wait for a turn."""
        self._forget()
        person, channel = _counted_by(cause)
        if self._load.waiting and waiting >= self._load.waiting:
            return BUSY
        if self._is_full(person, self._load.by_person):
            return TOO_MANY_BY_YOU
        if self._is_full(channel, self._load.by_channel):
            return TOO_MANY_HERE
        for key, limit in ((person, self._load.by_person), (channel, self._load.by_channel)):
            if limit:
                self._asked.setdefault(key, deque()).append(self._clock())
        return None

    def take_back(self, cause: Cause) -> None:
        """Count no longer what leads to no call after all."""
        for key in _counted_by(cause):
            if times := self._asked.get(key):
                times.pop()
                if not times:
                    del self._asked[key]

    def telling(self, cause: Cause) -> AbstractContextManager[bool]:
        """Whether a person is to be told of a refusal in the block, in this thread; not again for a while, unless it
        fails.
        """
        return self._told.telling((cause.author, cause.place))

    def untell(self, cause: Cause) -> None:
        """A person was not told after all."""
        self._told.untell((cause.author, cause.place))

    def _forget(self) -> None:
        """Count no longer what was asked a while ago; everybody is looked at but once in a while."""
        now = self._clock()
        if now < self._forgot_at + WINDOW:
            return
        self._forgot_at = now
        for key in list(self._asked):
            if not self._count(key):
                del self._asked[key]

    def _is_full(self, key: _Counted, limit: int) -> bool:
        return 0 < limit <= self._count(key)

    def _count(self, key: _Counted) -> int:
        """How many calls somebody, or a channel, has caused within the window."""
        times, since = self._asked.get(key, ()), self._clock() - WINDOW
        while isinstance(times, deque) and times and times[0] <= since:
            times.popleft()
        return len(times)


def _counted_by(cause: Cause) -> tuple[_Counted, _Counted]:
    """The person, and the channel; each has its id within a workspace."""
    place = cause.place
    return place.user_key(cause.author), place.beside(place.channel)
