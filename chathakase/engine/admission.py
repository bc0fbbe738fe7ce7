"""Says whether a question may be answered now: so that one person, or one channel, does not take everybody's turn."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from chathakase.core.types import Incoming

WINDOW = 60.0
"""Seconds in which questions are counted."""

TOO_MANY_BY_YOU = "too many by you"
TOO_MANY_HERE = "too many here"
BUSY = "busy"
"""What is told to whoever asks too much; no words that a person could say to the bot as a command."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is borne at most; 0 means any number."""

    by_person: int = 0
    """Questions a minute of one person."""
    by_channel: int = 0
    """Questions a minute in one channel."""
    waiting: int = 0
    """Sessions that wait for their turn."""


class Admission:
    """Counts questions by person and by channel."""

    def __init__(self, load: Load, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds."""
        self._load = load
        self._clock = clock
        self._asked: dict[str, deque[float]] = {}
        self._told: dict[tuple[str, str], float] = {}

    def refusal(self, incoming: Incoming, *, waiting: int) -> str | None:
        """Why a question cannot be answered now, if so; else it is counted. ``waiting`` sessions wait for a turn."""
        self._forget()
        person, channel = _counted_by(incoming)
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

    def take_back(self, incoming: Incoming) -> None:
        """Count a question no longer that had been counted before."""
        for key in _counted_by(incoming):
            if times := self._asked.get(key):
                times.pop()

    def is_news(self, incoming: Incoming) -> bool:
        """Whether a person has not been told of a refusal in this thread for a while."""
        now = self._clock()
        self._told = {told: at for told, at in self._told.items() if at > now - WINDOW}
        return (incoming.author, incoming.place.session_id) not in self._told

    def told(self, incoming: Incoming) -> None:
        """A person is told of a refusal in this thread."""
        self._told[incoming.author, incoming.place.session_id] = self._clock()

    def _forget(self) -> None:
        """Count no longer what was asked a while ago."""
        since = self._clock() - WINDOW
        for key, times in list(self._asked.items()):
            while times and times[0] <= since:
                times.popleft()
            if not times:
                del self._asked[key]

    def _is_full(self, key: str, limit: int) -> bool:
        return 0 < limit <= len(self._asked.get(key, ()))


def _counted_by(incoming: Incoming) -> tuple[str, str]:
    return f"@{incoming.author}", incoming.place.channel
