"""What is known of the connection to Slack, for whoever looks after the bot."""

import logging
from collections.abc import Callable

from chathakase.slack.socket_mode.wire import Wire

log = logging.getLogger(__name__)


class SocketConnection:
    """The sockets that we hold: one, or two for the moments in which one replaces the other. Times are seconds."""

    def __init__(self, clock: Callable[[], float], ghost: float) -> None:
        """``ghost``: for how long Slack may still count a socket that ended without a goodbye of its own."""
        self._clock = clock
        self._ghost = ghost
        self._wires: list[Wire] = []
        self._event_at: float | None = None
        self.consumers = 1
        """How many connections of this app Slack counts, with ours as one; above 1, others take events away from us."""

    @property
    def is_connected(self) -> bool:
        """Whether events can come in, as far as is known: a silent death is noticed after some seconds."""
        return any(wire.is_open for wire in self._wires)

    @property
    def silence(self) -> float:
        """For how long there has been no sign of life, be it a mere pong."""
        return self._clock() - max((wire.heard_at for wire in self._wires), default=self._clock())

    @property
    def last_event(self) -> float | None:
        """How long ago the last envelope came; None before the first."""
        return None if self._event_at is None else self._clock() - self._event_at

    def note_event(self) -> None:
        """An envelope came."""
        self._event_at = self._clock()

    def join(self, wire: Wire) -> None:
        """A new socket is open."""
        self._wires = [old for old in self._wires if self._may_be_counted(old)]
        own = len(self._wires)
        self._wires.append(wire)
        if wire.connections is not None:
            self._recount(max(1, wire.connections - own))

    def _may_be_counted(self, wire: Wire) -> bool:
        return wire.is_open or (wire.is_ghost and self._clock() - wire.lost_at < self._ghost)

    def _recount(self, consumers: int) -> None:
        before, self.consumers = self.consumers, consumers
        if consumers == before:
            return
        if consumers == 1:
            log.info("The other connections of this app are gone")
            return
        log.warning(
            "Another connection of this app is open (%s in all): Slack sends each event to one of them, so another "
            "process may be answering half of the messages without memory. End it, or give it an app of its own.",
            consumers,
        )
