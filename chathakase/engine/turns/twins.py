"""Mentions that tell of files which only their twin brings: two events may come of one message, in no fixed order."""

import asyncio
from collections.abc import Callable

from chathakase.core.types import Place, Session, SessionId

WITHIN = 3.0
"""Seconds for which a question waits for its files; then it is answered with what there is."""
LATE = 30_000
"""Milliseconds after which an answer is not written again by itself for files that come after it: whoever asked has
read it, and is offered another one."""


class Twins:
    """Sessions whose newest question waits for its files, none of them for long."""

    def __init__(self, ready: Callable[[Session], None]) -> None:
        """``ready`` is called with each session that waits no longer."""
        self._ready = ready
        self._waiting: dict[SessionId, asyncio.TimerHandle] = {}
        self._places: set[Place] = set()
        """Where they are."""

    def __contains__(self, session: Session) -> bool:
        return session.id in self._waiting

    def are_awaited_at(self, place: Place) -> bool:
        """Whether a session waits that is at a place."""
        return place in self._places

    def expect(self, session: Session) -> None:
        """Have a session wait, from now on."""
        self._forget(session)
        self._places.add(session.place)
        self._waiting[session.id] = asyncio.get_running_loop().call_later(WITHIN, self.came, session)

    def came(self, session: Session) -> None:
        """A session has what it waits for, or has waited long enough."""
        if self._forget(session):
            self._ready(session)

    def close(self) -> None:
        """Have nobody wait any longer, and nothing begun by it."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        self._places.clear()

    def _forget(self, session: Session) -> bool:
        timer = self._waiting.pop(session.id, None)
        self._places.discard(session.place)
        if timer is not None:
            timer.cancel()
        return timer is not None
