"""The record of all traffic between the workspace and its clients, in the order in which it happened."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chathakase.playground.world.values import Json


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A Web API call that has been answered; times in epoch seconds and seconds, the token left out.

    `caller` is the user id that called, "app" for the app-level token and "" for nobody. `status` is that of HTTP,
    and 0 where the answer was lost on its way.
    """

    at: float
    method: str
    arguments: Json
    caller: str
    status: int
    answer: Json
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the caller was told that it worked."""
        return self.status == 200 and bool(self.answer.get("ok"))

    @property
    def error(self) -> str | None:
        """Slack's error code in the answer, if there is one."""
        error = self.answer.get("error")
        return error if isinstance(error, str) else None


@dataclass(frozen=True, slots=True)
class EnvelopeSent:
    """An envelope went out over a socket."""

    at: float
    socket: int
    envelope: Json

    @property
    def event(self) -> Json:
        """The event inside, or an empty object where the envelope has none."""
        payload = self.envelope.get("payload")
        event = payload.get("event") if isinstance(payload, dict) else None
        return event if isinstance(event, dict) else {}


@dataclass(frozen=True, slots=True)
class AckReceived:
    """A client acknowledged an envelope, perhaps with a payload; `held` if the workspace was told to overlook it."""

    at: float
    socket: int
    envelope_id: str
    payload: object = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class SocketOpened:
    """A Socket Mode connection was opened."""

    at: float
    socket: int


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """A Socket Mode connection is closed."""

    at: float
    socket: int
    code: int | None


@dataclass(frozen=True, slots=True)
class FrameSent:
    """Another frame than an envelope went out over a socket: `hello`, `disconnect`, or text of a test's choice."""

    at: float
    socket: int
    frame: Json | str


Entry: TypeAlias = ApiCall | EnvelopeSent | AckReceived | SocketOpened | SocketClosed | FrameSent


@dataclass(slots=True)
class Journal:
    """The last `limit` entries; observers hear of every one as it is written."""

    limit: int = 10_000
    _entries: deque[Entry] = field(init=False)
    _observers: list[Callable[[Entry], None]] = field(init=False, default_factory=list)
    _sockets: Iterator[int] = field(init=False, default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._entries = deque(maxlen=self.limit)

    def next_socket(self) -> int:
        """The number of a new connection, whichever app's it is."""
        return next(self._sockets)

    def write(self, entry: Entry) -> None:
        """Put an entry at the end."""
        self._entries.append(entry)
        for observer in tuple(self._observers):
            observer(entry)

    def subscribe(self, observer: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `observer` with every later entry; returns what ends that."""
        self._observers.append(observer)

        def unsubscribe() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return unsubscribe

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget what was written so far."""
        self._entries.clear()

    def calls(self, method: str | None = None) -> Sequence[ApiCall]:
        """The Web API calls, of one method or of all."""
        calls = (entry for entry in self._entries if isinstance(entry, ApiCall))
        return [call for call in calls if method is None or call.method == method]

    def envelopes(self, event_type: str | None = None) -> Sequence[EnvelopeSent]:
        """The envelopes that went out, of one type of event or of all."""
        sent = (entry for entry in self._entries if isinstance(entry, EnvelopeSent))
        return [each for each in sent if event_type is None or each.event.get("type") == event_type]

    def acks(self) -> Sequence[AckReceived]:
        """The acknowledgements that came in."""
        return [entry for entry in self._entries if isinstance(entry, AckReceived)]
