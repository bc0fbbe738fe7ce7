"""The turns that are under way in this process, so that somebody else can speak to them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chathakase.clock import monotonic
from chathakase.core.cache import LruCache
from chathakase.core.types import Lease, Place, SessionId

MOST_RESTARTS = 3
"""How often the answer of one turn is restarted because of what people change; whoever edits for ever pays for no more
calls of the model than that."""

REMEMBERED = 1_000
"""Of how many turns it is known how often they were restarted."""


@dataclass(frozen=True, slots=True)
class ActiveTurn:
    """What can be said to a turn while it runs."""

    lease: Lease
    recheck: asyncio.Event
    """Look at once whether the lease still holds, as all others that are held here."""
    began: float = field(default_factory=monotonic)
    """When it was taken, by the monotonic clock."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Write no further; what is written stays."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """What is being answered was changed: write again."""
    withdrawn: asyncio.Event = field(default_factory=asyncio.Event)
    """Something is forgotten of which the answer may tell, so that it must not go on as it was begun."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """The model has written all that it will: what is left to do is to show and save it."""
    saved: asyncio.Event = field(default_factory=asyncio.Event)
    """How it ended is saved, so that nothing of it is left to do."""
    at_rest: asyncio.Event = field(default_factory=asyncio.Event)
    """Its end is saved, and nothing else waited in its session by then."""
    forgotten: asyncio.Event = field(default_factory=asyncio.Event)
    """It is to be stopped since what it answers is to be forgotten."""
    edits: dict[str, str] = field(default_factory=dict)
    """Which questions were changed since the answer was begun, by the surface's own ids, and whose they are."""

    def begin(self) -> None:
        """The answer is begun, with everything that was said until now."""
        self.changed.clear()
        self.withdrawn.clear()
        self.edits.clear()


class ActiveTurns:
    """The turns under way, by session and by place."""

    def __init__(self) -> None:
        self.recheck = asyncio.Event()
        """Look at once whether all leases still hold."""
        self._by_session: dict[SessionId, ActiveTurn] = {}
        self._by_place: dict[Place, ActiveTurn] = {}
        self._restarts: LruCache[str, int] = LruCache(REMEMBERED)
        """How often each turn was restarted."""

    @contextmanager
    def turn(self, lease: Lease) -> Iterator[ActiveTurn]:
        """A turn is under way until the block ends."""
        active_turn = self._by_session[lease.session] = self._by_place[lease.place] = ActiveTurn(lease, self.recheck)
        try:
            yield active_turn
        finally:
            if self._by_session.get(lease.session) is active_turn:
                del self._by_session[lease.session]
            if self._by_place.get(lease.place) is active_turn:
                del self._by_place[lease.place]

    def restart(self, session: SessionId, *, withdrawn: bool = False) -> None:
        """Have the answer that is under way in a session, if any, written again: what it tells of has changed.

        ``withdrawn`` says that something of it is forgotten.
        """
        if (active_turn := self._by_session.get(session)) is not None:
            active_turn.changed.set()
            if withdrawn:
                active_turn.withdrawn.set()
            # Nothing may be left to answer.
            active_turn.recheck.set()

    def find(self, session: SessionId) -> ActiveTurn | None:
        """How to speak to the turn of a session; None when none is under way here."""
        return self._by_session.get(session)

    def at(self, place: Place) -> ActiveTurn | None:
        """How to speak to the turn that is answered at a place."""
        return self._by_place.get(place)

    def restarts(self, turn: str) -> int:
        """How often a turn was restarted."""
        return self._restarts.get(turn, 0)

    def may_restart(self, turn: str) -> bool:
        """Whether a turn may be restarted once more."""
        return self.restarts(turn) < MOST_RESTARTS

    def count_restart(self, turn: str) -> None:
        """A turn is restarted."""
        self._restarts[turn] = self.restarts(turn) + 1

    def reset_restarts(self, turn: str) -> None:
        """Somebody wants a turn written again, which counts as a question: it is as if it were new."""
        self._restarts.pop(turn, None)
