"""What the bot shows under threads that it is doing, until its reply or time ends it."""

from __future__ import annotations

from collections.abc import Callable

from chathakase.playground.world.values import Conversation, Message
from chathakase.playground.world.world_changes import Change, StatusSet


class ThreadStatuses:
    """All statuses that are shown; `tell` hears of each that is set or that a reply ends, but not of time's doing.

    One lasts `seconds` unless it says otherwise: assistant.threads.setStatus gives it two minutes.
    """

    def __init__(self, clock: Callable[[], float], tell: Callable[[Change], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._shown: dict[tuple[str, str], tuple[StatusSet, float]] = {}
        self.seconds = 120.0

    def put(self, status: StatusSet) -> None:
        """Show a status in the place of the one before; an empty one clears it."""
        place = (status.conversation.id, status.thread_ts)
        self._shown.pop(place, None)
        if status.status:
            self._shown[place] = (status, self._clock() + status.seconds)
        self._tell(status)

    def get(self, channel: str, thread_ts: str) -> StatusSet | None:
        """The status that is shown now."""
        status, until = self._shown.get((channel, thread_ts), (None, 0.0))
        return status if self._clock() < until else None

    def replied(self, conversation: Conversation, message: Message) -> None:
        """End the status of a thread in which the bot has posted."""
        status = self.get(conversation.id, message.thread_ts or message.ts) if message.bot_id else None
        if status is not None and not status.stays:
            self.put(StatusSet(conversation, status.thread_ts, ""))
