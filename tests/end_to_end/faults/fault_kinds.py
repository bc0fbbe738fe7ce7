"""The ways in which a call fails, and what must come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from chathakase.playground.faults import HOURS, CallFault
from chathakase.playground.journal import ApiCall
from tests.end_to_end.faults.fault_stage import FaultStage


class End(Enum):
    """What must stand in Slack and in the database at the end of a case."""

    WHOLE = "the whole text, once"
    FILE = "the first pages and the whole text in one file"
    LOST = "undelivered, the asker told"
    FORGOTTEN = "nothing is remembered, nobody told"


@dataclass(frozen=True)
class Fault:
    name: str
    call_fault: CallFault | None = None
    times: int = 1
    everywhere: bool = False
    """It comes to calls of every method, the first of which is the one that is meant."""
    deed: Callable[[FaultStage], None] | None = None
    """What somebody does to the workspace, in the place of a fault of a call."""
    error: str | None = None
    """How Slack refuses the call after that deed, if it does."""
    end: End | None = None
    """What comes of it, if not what comes of a step without any fault."""
    stream_seconds: float = 300.0

    def marks(self, call: ApiCall) -> bool:
        """Whether a call has met this fault."""
        call_fault = self.call_fault
        if call_fault is None:
            return call.error == self.error
        if call_fault.lose_call or call_fault.lose_answer:
            return call.status == 0
        if call_fault.error:
            return call.error == call_fault.error
        return call.status == (call_fault.status or 200) and (not call_fault.html or call.error is None) and not call.ok


PASSING: Sequence[Fault] = (
    Fault("429, Retry-After 1", CallFault(status=429, retry_after=1)),
    Fault("HTTP 500", CallFault(status=500)),
    Fault("HTTP 503", CallFault(status=503)),
    Fault("HTTP 503, three times", CallFault(status=503), times=3),
    Fault("HTTP 503 from every method, three times", CallFault(status=503), times=3, everywhere=True),
    Fault("ratelimited in a 200", CallFault(error="ratelimited")),
    Fault("internal_error", CallFault(error="internal_error")),
    Fault("HTML with 200", CallFault(html=True)),
    Fault("connection reset, not done", CallFault(lose_call=True)),
    Fault("answer lost, done", CallFault(lose_answer=True)),
    Fault("hangs, not done", CallFault(lose_call=True, silence=HOURS)),
    Fault("hangs, done", CallFault(lose_answer=True, silence=HOURS)),
)


def refused(error: str, end: End | None = None) -> Fault:
    """Slack refuses one call so."""
    return Fault(error, CallFault(error=error), end=end)


def archived(error: str = "is_archived") -> Fault:
    return Fault("channel archived", deed=_archive, error=error, end=End.LOST)


def removed(error: str = "not_in_channel") -> Fault:
    return Fault("bot removed", deed=_remove, error=error, end=End.LOST)


def hidden() -> Fault:
    """To be struck in a private channel."""
    return Fault("channel_not_found", deed=_remove, error="channel_not_found", end=End.LOST)


def deleted(number: int = 0) -> Fault:
    """Somebody deletes a message of the bot's."""

    def delete(stage: FaultStage) -> None:
        stage.workspace.world.delete(stage.replies()[number])

    return Fault("message deleted", deed=delete, error="message_not_found")


def root_deleted() -> Fault:
    """Alice deletes her question, so that Slack would post the answer into the channel itself."""

    def delete(stage: FaultStage) -> None:
        (root,) = stage.thread.messages()
        stage.workspace.world.delete(root)

    return Fault("question deleted", deed=delete, end=End.FORGOTTEN)


def _archive(stage: FaultStage) -> None:
    stage.workspace.archive(stage.channel)


def _remove(stage: FaultStage) -> None:
    stage.workspace.remove_bot(stage.channel)
