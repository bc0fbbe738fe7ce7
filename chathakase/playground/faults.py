"""Faults on demand: what the network and Slack do to an app on a bad day."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from itertools import chain

ANY = "*"
"""Stands for every method, and for the upload."""
WRITES = "writes"
"""Stands for every method that writes a message's text."""
WRITING = frozenset({"chat.postMessage", "chat.update", "chat.startStream", "chat.appendStream", "chat.stopStream"})
UPLOAD = "upload"
"""Stands for the POST of a file's bytes, which is no method, as if it were one."""
HOURS = 36_000.0
"""Longer than any client waits."""


@dataclass(frozen=True, slots=True)
class CallFault:
    """What happens to one Web API call.

    `until` is waited for first, and then `delay` (seconds). Then the call is refused with HTTP `status` (and
    `retry_after` seconds for 429), with Slack's `error`, or with a page of HTML (of that status, or 200); or it is not
    done and its connection closed (`lose_call`); or it is done and its answer lost (`lose_answer`), whatever it was.
    What is lost is lost after `silence` (seconds) in which nothing comes.
    """

    until: asyncio.Event | None = None
    delay: float = 0.0
    status: int = 0
    retry_after: int = 1
    error: str = ""
    html: bool = False
    lose_call: bool = False
    lose_answer: bool = False
    silence: float = 0.0


NONE = CallFault()


@dataclass(slots=True)
class Faults:
    """The faults that are ahead of the app, and never of people's clients.

    Every method takes the name of a Web API method, `upload`, `writes`, or `*` for any. The fault comes to `times`
    calls, and to the first of them after so many others (`after`) that nothing happens to.

    `acks_held`: while true, acknowledgements are overlooked, so that their envelopes are sent again.
    `slow`: every call takes so many seconds longer.
    `duplicate_events`: so many of the next events are sent twice, with one event_id in two envelopes.
    `shuffled_events`: every event waits up to so many seconds, as `rng` has it, so that later ones overtake it.
    """

    acks_held: bool = False
    slow: float = 0.0
    duplicate_events: int = 0
    shuffled_events: float = 0.0
    rng: random.Random = field(default_factory=random.Random)
    _ahead: defaultdict[str, deque[CallFault]] = field(init=False)
    _disliked: dict[str, str] = field(init=False, default_factory=dict)
    """The error that meets every message in whose blocks or Markdown some words stand."""

    def __post_init__(self) -> None:
        self._ahead = defaultdict(deque)

    def add(self, method: str, fault: CallFault, *, times: int = 1, after: int = 0) -> None:
        """Let the next `times` calls of a method meet this fault, after what was added before and `after` others."""
        self._ahead[method].extend([NONE] * after + [fault] * times)

    def rate_limit(self, method: str, *, retry_after: int = 1, times: int = 1, after: int = 0) -> None:
        """HTTP 429 `ratelimited` with `Retry-After` in whole seconds."""
        self.add(method, CallFault(status=429, retry_after=retry_after), times=times, after=after)

    def http_error(self, method: str, status: int = 503, *, times: int = 1, after: int = 0) -> None:
        """HTTP 500, 503 and the like, with nothing done."""
        self.add(method, CallFault(status=status), times=times, after=after)

    def html(self, method: str, status: int = 200, *, times: int = 1, after: int = 0) -> None:
        """A page of HTML in the place of JSON, with nothing done."""
        self.add(method, CallFault(status=status if status != 200 else 0, html=True), times=times, after=after)

    def slack_error(self, method: str, error: str, *, times: int = 1, after: int = 0) -> None:
        """`{"ok": false, "error": error}`, with nothing done."""
        self.add(method, CallFault(error=error), times=times, after=after)

    def dislike(self, words: str, error: str) -> None:
        """`{"ok": false, "error": error}` for every message whose blocks or Markdown contain these words."""
        self._disliked[words] = error

    def lose_call(self, method: str, *, times: int = 1, after: int = 0) -> None:
        """The connection breaks before the call is done."""
        self.add(method, CallFault(lose_call=True), times=times, after=after)

    def lose_answer(self, method: str, *, times: int = 1, after: int = 0) -> None:
        """The call is done, but the connection breaks before the answer."""
        self.add(method, CallFault(lose_answer=True), times=times, after=after)

    def hang(self, method: str, *, done: bool = False, times: int = 1, after: int = 0) -> None:
        """No answer ever comes, and the connection stays open; the call is `done` or not."""
        self.add(method, CallFault(lose_call=not done, lose_answer=done, silence=HOURS), times=times, after=after)

    def delay(self, method: str, seconds: float, *, times: int = 1, after: int = 0) -> None:
        """The call waits so many seconds before it is done."""
        self.add(method, CallFault(delay=seconds), times=times, after=after)

    def hold(self, method: str, until: asyncio.Event, *, times: int = 1, after: int = 0) -> None:
        """The call waits for an event before it is done."""
        self.add(method, CallFault(until=until), times=times, after=after)

    def clear(self) -> None:
        """No more faults."""
        self._ahead.clear()
        self._disliked.clear()
        self.acks_held = False
        self.slow = 0.0
        self.duplicate_events = 0
        self.shuffled_events = 0.0

    def next_for(self, method: str, looks: str = "") -> CallFault:
        """What the present call of a method meets; a fault without content when there is none.

        `looks`: what its blocks or its Markdown say.
        """
        names = (method, WRITES, ANY) if method in WRITING else (method, ANY)
        met = (self._ahead[name].popleft() for name in names if self._ahead[name])
        disliked = (CallFault(error=error) for words, error in self._disliked.items() if looks and words in looks)
        fault = next((each for each in chain(met, disliked) if each != NONE), NONE)
        return replace(fault, delay=fault.delay + self.slow) if self.slow else fault

    def duplicates(self) -> int:
        """How often the present event is sent: once, or twice."""
        if self.duplicate_events < 1:
            return 1
        self.duplicate_events -= 1
        return 2

    def wait_of_event(self) -> float:
        """The seconds for which the present event waits before it is sent."""
        return self.rng.uniform(0.0, self.shuffled_events)
