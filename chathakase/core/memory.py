"""What a session remembers, and what people may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from chathakase.core.types import Incoming, Place, SessionId, StoredMessage, name_of


class TitleBy(StrEnum):
    """Who gave a session its title; the later win over the earlier, a person for ever."""

    RULE = "rule"
    """Taken from the first line."""
    MODEL = "model"
    PERSON = "person"


class Scope(StrEnum):
    """How much of what one person said is to be forgotten."""

    LAST = "last"
    """Their newest message in a session."""
    HERE = "here"
    """Everything in a session."""
    EVERYWHERE = "everywhere"
    """Everything in every session."""
    ONE = "one"
    """One message, whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands in a prompt in the place of a conversation's beginning."""

    text: str
    upto: int
    """When the newest message that it covers was said, in epoch microseconds."""
    messages: int
    """How many messages it covers, those of earlier summaries included."""
    model: str
    """Which model wrote it."""
    version: int = 0
    """The store's own number; it changes when the summary does."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a session remembers, as far as it matters to one prompt."""

    messages: tuple[StoredMessage, ...]
    """The newest, in the order in which they were said."""
    opening: StoredMessage | None = None
    """The first thing that somebody said and that is not forgotten, be it among the newest or not."""
    summary: Summary | None = None
    total: int = 0
    """How many messages there are that a model may see."""
    title: str = ""
    title_by: TitleBy | None = None
    backfilled: bool = True
    """Whether what stood in the thread before the bot was called has been stored."""
    generation: int = 0
    """The store's own number; it changes whenever the summary does, or something that one may tell of."""
    people: tuple[str, ...] = ()
    """The surface's user ids of everybody who said something, be it among the newest or not."""
    asked: int = 0
    """How many of the newest messages are what is answered now."""


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """How far a session has come, for whoever tells what is due in it."""

    title_by: TitleBy | None = None
    is_answered: bool = False
    messages: int = 0
    """How many are not covered by its summary."""
    tokens: int = 0
    """About how many these have with their files, or the newest of them that were looked at."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody changed or deleted a message."""

    place: Place
    """Its thread is empty when the surface does not tell."""
    ref: str
    """The surface's own id of the message."""
    at: int
    """When that was, in epoch microseconds."""
    now: Incoming | None
    """What it says now; None: it was deleted."""
    calls: bool = False
    """It may start a session now, and could not before; not where the surface does not tell what it said before."""


class QuestionState(StrEnum):
    """How a changed message stands to the answers of its session."""

    ASKED = "asked"
    """It asks only since it was changed, and waits."""
    WAITING = "waiting"
    """It asks, and its answer is not finished."""
    NEWEST = "newest"
    """It belongs to the newest question that was answered."""
    REFUSED = "refused"
    """It would ask since it was changed, but may not: it is context."""
    CONTEXT = "context"
    """It makes no difference to any answer that is to come, but as context."""


Archived: TypeAlias = Sequence[tuple[SessionId, Place | None]]
"""Sessions that were archived, and where they are."""


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change of a message touched."""

    session: SessionId
    place: Place
    author: str
    seq: int
    """The message's number in its session, by which a turn knows whether it answers it."""
    standing: QuestionState
    woken: bool = False
    """Its session was archived until then."""
    archived: Archived = ()
    """What was archived for it, since its owner may have only so many open sessions."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something that a search found."""

    session: SessionId
    place: Place | None
    title: str
    """Of the session."""
    ref: str
    """The surface's own id of the message; empty when the title was found, or an answer."""
    author: str
    """Empty for an answer."""
    excerpt: str
    """The words around what was found, at most 200 characters."""
    at: int
    """Epoch milliseconds."""

    @property
    def name(self) -> str:
        """What people call the session."""
        return name_of(self.session, self.place)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole session, as it is exported."""

    session: SessionId
    place: Place | None
    title: str
    began: int
    active: int
    summary: str
    messages: tuple[StoredMessage, ...]

    @property
    def name(self) -> str:
        """What people call the session."""
        return name_of(self.session, self.place)
