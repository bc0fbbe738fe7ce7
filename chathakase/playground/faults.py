"""Trouble on demand: what the network and Slack do to an app on a bad day."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field, replace

ANY = "*"
"""Stands for every method."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one Web API call.

    `delay` (seconds) comes first; then the call is refused with HTTP `status` (and `retry_after` seconds for 429) or
    with Slack's `error`, or it is done and its answer lost (`lose_answer`: the connection is closed instead).
    """

    delay: float = 0.0
    status: int = 0
    retry_after: int = 1
    error: str = ""
    lose_answer: bool = False


@dataclass(slots=True)
class Faults:
    """The trouble that is ahead of the app, and never of people's clients.

    Every method takes the name of a Web API method, or `*` for any.

    `acks_held`: while true, acknowledgements are overlooked, so that their envelopes are sent again.
    `slow`: every call takes so many seconds longer.
    `duplicate_events`: so many of the next events are sent twice, with one event_id in two envelopes.
    """

    acks_held: bool = False
    slow: float = 0.0
    duplicate_events: int = 0
    _ahead: defaultdict[str, deque[Trouble]] = field(init=False)

    def __post_init__(self) -> None:
        self._ahead = defaultdict(deque)

    def add(self, method: str, trouble: Trouble, *, times: int = 1) -> None:
        """Let the next `times` calls of a method meet this trouble, after what was added before."""
        self._ahead[method].extend([trouble] * times)

    def rate_limit(self, method: str, *, retry_after: int = 1, times: int = 1) -> None:
        """HTTP 429 `ratelimited` with `Retry-After` in whole seconds."""
        self.add(method, Trouble(status=429, retry_after=retry_after), times=times)

    def http_error(self, method: str, status: int = 503, *, times: int = 1) -> None:
        """HTTP 500, 503 and the like, with nothing done."""
        self.add(method, Trouble(status=status), times=times)

    def slack_error(self, method: str, error: str, *, times: int = 1) -> None:
        """`{"ok": false, "error": error}`, with nothing done."""
        self.add(method, Trouble(error=error), times=times)

    def lose_answer(self, method: str, *, times: int = 1) -> None:
        """The call is done, but the connection breaks before the answer."""
        self.add(method, Trouble(lose_answer=True), times=times)

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The call waits so many seconds before it is done."""
        self.add(method, Trouble(delay=seconds), times=times)

    def clear(self) -> None:
        """No more trouble."""
        self._ahead.clear()
        self.acks_held = False
        self.slow = 0.0
        self.duplicate_events = 0

    def next_for(self, method: str) -> Trouble:
        """What the present call of a method meets; trouble without content when there is none."""
        trouble = next((self._ahead[name].popleft() for name in (method, ANY) if self._ahead[name]), Trouble())
        return replace(trouble, delay=trouble.delay + self.slow) if self.slow else trouble

    def duplicates(self) -> int:
        """How often the present event is sent: once, or twice."""
        if self.duplicate_events < 1:
            return 1
        self.duplicate_events -= 1
        return 2
