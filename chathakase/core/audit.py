"""What the audit log tells: who did what, by ids alone. No field of it ever holds a word that anybody wrote."""

from dataclasses import dataclass
from enum import StrEnum

from chathakase.core.types import Place, SessionId


class Deed(StrEnum):
    """What may be done that admins want to know of. The values are stored: none is ever changed or used for another."""

    CLEAR = "clear"
    FORGET_LAST = "forget last"
    FORGET_HERE = "forget here"
    FORGET_EVERYTHING = "forget everything"
    FORGET_ONE = "forget one"
    ARCHIVE = "archive"
    DELETE = "delete"
    RENAME = "rename"
    EXPORT = "export"
    LIFT = "lift"
    MUTE = "mute"
    UNMUTE = "unmute"
    SEE_MEMORY = "see memory"
    SEE_SESSIONS = "see sessions"
    SEE_USAGE = "see usage"
    SEE_DIAGNOSIS = "see diagnosis"
    SEE_AUDIT = "see audit"
    STOP = "stop"
    ANSWER_AGAIN = "answer again"
    CONTINUE = "continue"
    EXPORT_ALL = "export all"
    """Everything was exported on the command line."""
    SEARCH_ALL = "search all"
    """Everything was searched on the command line."""


LOOKS = frozenset({Deed.SEE_MEMORY, Deed.SEE_SESSIONS, Deed.SEE_USAGE, Deed.SEE_DIAGNOSIS, Deed.SEE_AUDIT})
"""Deeds that change nothing and hand nothing out, which are told only when they are refused."""


class AuditOutcome(StrEnum):
    """What became of a deed. The values are stored."""

    DONE = "done"
    REFUSED = "refused"
    """Whoever wanted it had no right to it."""
    INTERRUPTED = "interrupted"
    """It was begun, and nobody knows how far it came."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What became of a deed that somebody wanted."""

    deed: Deed
    outcome: AuditOutcome = AuditOutcome.DONE
    person: str = ""
    """The surface's user id of whom it was done for, or whose message it was about; empty: nobody in particular."""
    amount: int | None = None
    """To how many messages (or sessions, where all are meant) it was done; None: not counted."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the audit log."""

    at: int
    """In epoch milliseconds."""
    who: str
    """The surface's user id; empty: whoever used the command line."""
    event: AuditEvent
    place: Place
    """The thread that it was about, or in which it was said where it was about none."""
    session: SessionId
    """Which may be none."""
