"""The steps of a reply: how each comes about, and at which call its faults strike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chathakase.playground.faults import UPLOAD, CallFault
from chathakase.playground.journal import ApiCall
from tests.end_to_end.faults.fault_kinds import (
    PASSING,
    End,
    Fault,
    archived,
    deleted,
    hidden,
    refused,
    removed,
    root_deleted,
)
from tests.end_to_end.faults.fault_stage import FaultStage
from tests.model_server import Json, breaks_off_after, fails

SECRET = "swordfish"
"""A word of every answer, which must be in no log."""
BEGINNING = f"The {SECRET} begins here "
MIDDLE = "and goes on "
ENDING = "and ends there."
LONG = "".join(f"Sentence {number} is about the {SECRET}.\n\n" for number in range(160))
"""Two pages."""
LONGER = "".join(f"Sentence {number} is about the {SECRET}.\n\n" for number in range(400))
"""Four pages."""

POST, UPDATE, STATUS = "chat.postMessage", "chat.update", "assistant.threads.setStatus"
ASK, SHARE = "files.getUploadURLExternal", "files.completeUploadExternal"


@dataclass(frozen=True)
class Step:
    name: str
    method: str
    play: Callable[[FaultStage], Awaitable[None]]
    aims: Callable[[ApiCall], bool]
    """Whether a call is the one that is meant."""
    lasting: Sequence[Fault] = ()
    """Faults that trying again does not help against, and what else is of interest here only."""
    passing: Sequence[Fault] = PASSING
    settings: Json = field(default_factory=dict)
    channel: str = "#general"
    end: End = End.WHOLE
    after: int = 0
    """Calls of the method between the strike and the one that is meant."""
    follows: str = ""
    """The method that is called right before; what befalls the whole workspace does so as soon as that is done."""

    @property
    def faults(self) -> Sequence[Fault]:
        return (*self.passing, *self.lasting)


async def first_text(stage: FaultStage) -> None:
    await stage.ask()
    stage.strike()
    stage.say(BEGINNING)
    await stage.hit()
    stage.end(MIDDLE + ENDING)


async def growing_text(stage: FaultStage) -> None:
    await _begun(stage)
    stage.strike()
    stage.say(MIDDLE)
    await stage.hit()
    stage.end(ENDING)


async def final_text(stage: FaultStage) -> None:
    """It comes before another growing text is due."""
    await _begun(stage)
    stage.strike()
    stage.end(ENDING)
    await stage.hit()


async def growing_second_page(stage: FaultStage) -> None:
    await _begun(stage)
    stage.strike()
    stage.say(LONG)
    await stage.hit()
    stage.end(ENDING)


async def final_second_page(stage: FaultStage) -> None:
    await _begun(stage)
    stage.strike()
    stage.end(LONG + ENDING)
    await stage.hit()


async def _begun(stage: FaultStage) -> None:
    await stage.ask()
    stage.say(BEGINNING)
    await stage.shows(SECRET)


async def page_too_many(stage: FaultStage) -> None:
    """An answer of two pages broke off, and the one in its place has a single page."""
    await stage.ask(breaks_off_after(LONG))
    stage.strike()
    stage.say(BEGINNING)
    await stage.hit()
    stage.end(ENDING)


async def silence(stage: FaultStage) -> None:
    """The reply is an edit, so that no new message takes the status away."""
    await stage.ask(fails(400), struck_between=True)
    await stage.hit()
    stage.end(BEGINNING + ENDING)


async def end_of_silence(stage: FaultStage) -> None:
    await stage.ask(fails(400))
    await stage.until(lambda: stage.status, "a status is shown")
    stage.strike()
    stage.say(BEGINNING)
    await stage.hit()
    stage.end(ENDING)


async def short_answer(stage: FaultStage) -> None:
    await stage.ask()
    stage.strike()
    stage.end(BEGINNING + ENDING)
    await stage.hit()


async def long_answer(stage: FaultStage) -> None:
    await stage.ask()
    stage.strike()
    stage.end(LONGER)
    await stage.hit()


async def loss(stage: FaultStage) -> None:
    await stage.ask()
    stage.workspace.archive(stage.channel)
    stage.strike()
    stage.end(BEGINNING + ENDING)
    await stage.hit()


def offers(call: ApiCall) -> bool:
    """Whether there is a button in a message, as in every one that still grows."""
    return any(block.get("type") == "actions" for block in call.arguments.get("blocks") or ())


def is_final(call: ApiCall) -> bool:
    return not offers(call)


def is_second(call: ApiCall) -> bool:
    metadata = call.arguments.get("metadata") or {}
    return bool(metadata.get("event_payload", {}).get("page") == 1)


def is_any(_: ApiCall) -> bool:
    """A reply makes only one such call, or the first is meant."""
    return True


NATIVE: Json = {"chathakase_streaming": "native"}
OFF: Json = {"chathakase_streaming": "off"}
TWO_PAGES: Json = {"chathakase_max_pages": 2}

ONE_METHOD = [fault for fault in PASSING if not fault.everywhere]
"""For where other calls are made at the same time, which would meet the fault first."""
NO_BLOCKS = [refused(error) for error in ("invalid_blocks", "invalid_attachments", "a_code_of_tomorrow")]
NO_STREAMS = [refused(error) for error in ("unknown_method", "missing_scope", "channel_type_not_supported")]
NO_FILES = [refused(error, End.WHOLE) for error in ("missing_scope", "unknown_method")]
NO_STATUS = [refused(error) for error in ("missing_scope", "unknown_method")]
STREAM_DEAD = [refused(error) for error in ("message_not_in_streaming_state", "msg_too_long", "stopped_by_user")]
STREAM_EXPIRED = Fault("stream expired", error="message_not_in_streaming_state", stream_seconds=0.8)

STEPS: Mapping[str, Sequence[Step]] = {
    "posts": (
        Step("first text", POST, first_text, offers, [archived(), removed(), root_deleted(), *NO_BLOCKS]),
        Step("first text in a private channel", POST, first_text, offers, [hidden()], (), channel="#secret"),
        Step(
            "second page, growing",
            POST,
            growing_second_page,
            lambda call: is_second(call) and offers(call),
            [archived(), removed(), *NO_BLOCKS],
            follows=UPDATE,
        ),
        Step(
            "second page, final",
            POST,
            final_second_page,
            lambda call: is_second(call) and is_final(call),
            [archived(), removed(), *NO_BLOCKS],
            follows=UPDATE,
        ),
        Step(
            "the only post",
            POST,
            short_answer,
            is_final,
            [archived(), removed(), root_deleted(), *NO_BLOCKS],
            settings=OFF,
        ),
        Step(
            "loss told",
            POST,
            loss,
            lambda call: "thread_ts" not in call.arguments,
            [Fault("429, Retry-After 4", CallFault(status=429, retry_after=4))],
            # The status is taken back at the same moment, and would meet what comes to every method.
            passing=ONE_METHOD,
            settings=OFF,
            after=1,
            end=End.LOST,
        ),
    ),
    "edits": (
        Step(
            "growing text",
            UPDATE,
            growing_text,
            offers,
            [archived("is_inactive"), deleted(), refused("cant_update_message"), *NO_BLOCKS],
        ),
        Step(
            "final text",
            UPDATE,
            final_text,
            is_final,
            [archived("is_inactive"), deleted(), refused("cant_update_message"), *NO_BLOCKS],
        ),
        Step("final text in a private channel", UPDATE, final_text, is_final, [hidden()], (), channel="#secret"),
    ),
    "deletions and statuses": (
        Step("page too many", "chat.delete", page_too_many, is_any, [deleted(1)]),
        Step("status set", STATUS, silence, lambda call: bool(call.arguments["status"]), NO_STATUS),
        Step(
            "status cleared",
            STATUS,
            end_of_silence,
            lambda call: not call.arguments["status"],
            passing=ONE_METHOD,
        ),
    ),
    "files": (
        Step(
            "file, address",
            ASK,
            long_answer,
            is_any,
            NO_FILES,
            ONE_METHOD,
            settings=TWO_PAGES,
            end=End.FILE,
        ),
        Step(
            "file, bytes",
            UPLOAD,
            long_answer,
            is_any,
            [Fault("HTTP 403", CallFault(status=403), end=End.WHOLE)],
            # The address is none of a Web API method, so it has no errors of Slack's.
            [fault for fault in PASSING if fault.call_fault is not None and not fault.call_fault.error],
            settings=TWO_PAGES,
            end=End.FILE,
            follows=ASK,
        ),
        Step(
            "file, shared",
            SHARE,
            long_answer,
            is_any,
            [*NO_FILES, archived("posting_to_channel_denied"), removed("posting_to_channel_denied")],
            settings=TWO_PAGES,
            end=End.FILE,
            follows=UPLOAD,
        ),
    ),
    "streams": (
        Step("stream begun", "chat.startStream", first_text, is_any, NO_STREAMS, settings=NATIVE, channel="@"),
        Step(
            "stream grown",
            "chat.appendStream",
            growing_text,
            is_any,
            [*STREAM_DEAD, STREAM_EXPIRED, deleted()],
            settings=NATIVE,
            channel="@",
        ),
        Step(
            "stream ended",
            "chat.stopStream",
            final_text,
            is_any,
            [*STREAM_DEAD, deleted(), *NO_BLOCKS],
            settings=NATIVE,
            channel="@",
        ),
    ),
}
