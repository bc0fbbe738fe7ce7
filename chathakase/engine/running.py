"""The turns that are under way in this process, so that somebody else can speak to them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chathakase.core.types import Lease


@dataclass(frozen=True, slots=True)
class Signals:
    """What can be said to a turn while it runs."""

    lease: Lease
    recheck: asyncio.Event = field(default_factory=asyncio.Event)
    """Look at once whether the lease still holds."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Write no further; what is written stays."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """What is being answered was changed: write anew."""


class Running:
    """The turns under way, by session."""

    def __init__(self) -> None:
        self._signals: dict[str, Signals] = {}

    @contextmanager
    def turn(self, lease: Lease) -> Iterator[Signals]:
        """A turn is under way until the block ends."""
        session_id = lease.place.session_id
        signals = self._signals[session_id] = Signals(lease)
        try:
            yield signals
        finally:
            if self._signals.get(session_id) is signals:
                del self._signals[session_id]

    def begin_anew(self, session_id: str) -> None:
        """Have the answer that is under way in a session, if any, written anew: what it tells of has changed."""
        if (signals := self._signals.get(session_id)) is not None:
            signals.changed.set()
            # Nothing may be left to answer.
            signals.recheck.set()

    def find(self, session_id: str) -> Signals | None:
        """How to speak to the turn of a session; None when none is under way here."""
        return self._signals.get(session_id)
