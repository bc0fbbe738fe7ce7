"""How a turn ended: what is remembered of it, and what people read. Pure."""

from dataclasses import dataclass

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Outcome, Result, TurnAction

EMPTY = "The model returned an empty answer. Please try again, or rephrase the question."
CUT = "I lost the connection to the model here. Please ask again."
SILENT = "The model stopped responding here. Please ask again."
LENGTH = "The answer reached its length limit here. For the rest, press Continue or ask me to go on."
LENGTH_EMPTY = (
    "The model used up its length limit before it wrote a word. Your administrator can raise `CHATHAKASE_MAX_TOKENS`."
)
TOO_MUCH = "The model wrote far more than I asked for, so I stopped it here."
TOO_MUCH_EMPTY = "The model's server sent far more data than I asked for, but no answer. Please try again."
FILTERED = "The model's content filter stopped the answer here."
TOOLS = "The model wanted to use a tool here, but I don't have any, so this answer may be incomplete."
TOOLS_EMPTY = "The model wanted to use a tool, but I don't have any. Please try rephrasing the question."
FAILED = "The model's server stopped here because of a problem on its side. Please ask again."
FAILED_EMPTY = "The model's server had a problem and wrote no answer. Please try again."
UNKNOWN = "The model's server ended the answer here without a clear reason, so it may be incomplete."
UNKNOWN_EMPTY = "The model's server ended without an answer. Please try again."
GAVE_UP = "I tried to answer this several times and crashed each time. Try again, or ask in a different way."
STOPPED = "⏹️ Stopped."
STOPPED_MARK = "[This answer was stopped here.]"
"""What the model reads at the end of an answer that was stopped."""
UNDELIVERED = (
    "I wrote an answer in {place}, but {surface} no longer lets me post there, so it is lost. Please ask elsewhere."
)
PAUSED = "⏸️ I am restarting and will continue in a moment."
TAKEN_BACK = "I stopped this answer because the message it answers was forgotten."
UNSETTLED = "The question kept changing while I was answering. Please ask again."
INTERNAL = "Something went wrong on my side. Please try again."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to save of a turn, and the whole text that the thread ends up with."""

    result: Result
    shown: str
    footnotes: tuple[str, ...] = ()
    """What people read in small below it."""


def judge(text: str, finished: Finished) -> Verdict:
    """Judge an answer by how the model said that it ended."""
    notice, code = _notice(text, finished.reason)
    if not notice:
        return Verdict(_result(Outcome.ANSWERED, text, "", finished), text, finished.footnotes)
    outcome = Outcome.PARTIAL if text.strip() else Outcome.FAILED
    kept = text if outcome is Outcome.PARTIAL else ""
    return Verdict(_result(outcome, kept, code, finished), with_notice(text, notice), finished.footnotes)


def _result(outcome: Outcome, text: str, error: str, finished: Finished) -> Result:
    return Result(outcome, text, error, finished.model, finished.usage, finished.estimate)


def broken(text: str, error: ModelError) -> Verdict:
    """Judge an answer that an error ended; what was written before it is kept."""
    if text.strip():
        told = SILENT if error.code == "timeout" else error.told
        return Verdict(Result(Outcome.PARTIAL, text, error.code), with_notice(text, told))
    return Verdict(Result(Outcome.FAILED, error=error.code), with_notice("", error.told))


def stopped(text: str) -> Verdict:
    """Judge an answer that somebody stopped; what was written before that is kept, with a mark."""
    written = text.rstrip()
    return Verdict(
        Result(Outcome.STOPPED, f"{written}\n\n{STOPPED_MARK}".strip(), "stopped"), f"{written}\n\n{STOPPED}".strip()
    )


def taken_back(text: str = "") -> Verdict:
    """Judge an answer to which nothing is left that it could answer; people still see what was written of it."""
    return Verdict(Result(Outcome.STOPPED, error="forgotten"), with_notice(text, TAKEN_BACK))


def unsettled() -> Verdict:
    """Judge an answer that may tell of what is forgotten, and is not restarted any more."""
    return Verdict(Result(Outcome.FAILED, error="unsettled"), with_notice("", UNSETTLED))


def paused(text: str) -> str:
    """What people see of an answer that is paused and resumed later."""
    return f"{text.rstrip()}\n\n{PAUSED}".strip()


def offer_after(result: Result, action: TurnAction | None) -> TurnAction | None:
    """What the button below an answer offers, if it ended badly. ``action`` is why it was written, if on request."""
    if result.outcome not in (Outcome.PARTIAL, Outcome.FAILED):
        return None
    # What is there already is worth more than another beginning.
    goes_on = result.text and (result.error == "length" or action is TurnAction.CONTINUE)
    return TurnAction.CONTINUE if goes_on else TurnAction.RETRY


def with_notice(text: str, notice: str) -> str:
    """Put a sentence of the bot's own below what the model wrote."""
    marked = f"⚠️ {notice}"
    return f"{text.rstrip()}\n\n{marked}" if text.strip() else marked


NOTICES: dict[FinishReason | None, tuple[str, str]] = {
    None: (CUT, CUT),
    FinishReason.WHOLE: ("", EMPTY),
    FinishReason.LENGTH: (LENGTH, LENGTH_EMPTY),
    FinishReason.TOO_MUCH: (TOO_MUCH, TOO_MUCH_EMPTY),
    FinishReason.FILTERED: (FILTERED, FILTERED),
    FinishReason.TOOLS: (TOOLS, TOOLS_EMPTY),
    FinishReason.FAILED: (FAILED, FAILED_EMPTY),
    FinishReason.UNKNOWN: (UNKNOWN, UNKNOWN_EMPTY),
}
"""What is said below an answer that ended so, and in the place of one without a word."""
CODES = {None: "cut", FinishReason.WHOLE: "empty"}
"""How that is called in the log, where it is not called as the ending is."""


def _notice(text: str, reason: FinishReason | None) -> tuple[str, str]:
    below, instead = NOTICES[reason]
    notice = below if text.strip() else instead
    return notice, (CODES.get(reason) or str(reason)) if notice else ""
