"""What the log hears of the socket: news as warnings, and what merely goes on only now and then."""

import logging
from collections.abc import Callable

from chathakase.slack.socket_mode.opener import NotOpened
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from chathakase.slack.socket_mode.wire import Wire

WORDS = {
    "ClientConnectorError": "Slack cannot be reached",
    "ClientConnectorDNSError": "the name of Slack's server cannot be resolved",
    "ServerDisconnectedError": "Slack hung up",
    "TimeoutError": "Slack does not answer",
    "odd_address": "Slack returned an invalid WebSocket address",
    "ratelimited": "Slack asks to wait",
}
"""What some error codes mean."""

log = logging.getLogger(__name__)


class SocketLog:
    """Logs the failures of one outage; it is over with ``settled``."""

    def __init__(self, timing: SocketTiming, clock: Callable[[], float]) -> None:
        self._timing = timing
        self._clock = clock
        self._told: set[str] = set()
        self._warned_at = 0.0

    def settled(self) -> None:
        """All was well for a while: a failure from now on is news."""
        self._told.clear()

    def over(self, wire: Wire, wait: float) -> None:
        """A socket is lost, or soon will be; the next is tried for after ``wait`` seconds."""
        if wire.told:
            log.info("Slack asked for a new connection (%s); opening it%s", wire.told, _after(wait))
        else:
            self._tell("lost", f"The socket was lost ({wire.lost}); opening it again{_after(wait)}")

    def failed(self, error: NotOpened, wait: float, lasted: float) -> None:
        """A try failed; ``lasted``: the seconds since anything was heard."""
        reason = WORDS.get(error.code, error.code)
        if error.code in self._told:
            return self._tell(error.code, f"No socket for {lasted:.0f} s ({reason}); trying again{_after(wait)}")
        text = f"The socket cannot be opened ({reason}); trying again{_after(wait)}. {error.advice}"
        return self._tell(error.code, text.rstrip(". "))

    def opened(self, gap: float) -> None:
        """A socket is open again, after so many seconds without one."""
        log.info("Reconnected to Slack%s", f" after {gap:.0f} s" if gap else " without missing anything")

    def _tell(self, what: str, text: str) -> None:
        now = self._clock()
        news = what not in self._told or now - self._warned_at >= self._timing.remind
        self._told.add(what)
        if news:
            self._warned_at = now
        log.log(logging.WARNING if news else logging.INFO, text)


def _after(wait: float) -> str:
    return f" in {wait:.0f} s" if wait else ""
