"""The values that all packages share: what was said, who holds a turn, what a turn led to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum, auto
from typing import NamedTuple, NewType, TypeAlias

from chathakase.core.files import Attachment, Image, SharedFile


class Role(StrEnum):
    """Who or what wrote a stored message."""

    USER = "user"
    ASSISTANT = "assistant"
    COMMAND = "command"
    """Said to the bot itself and answered without the model; never part of a prompt."""
    CLEARED = "cleared"
    """Text and author are forgotten; the row only says that this message was had already."""


class SaidTo(IntEnum):
    """To whom a message is said, where several people are."""

    ANYBODY = 0
    """Nobody in particular."""
    BOT = 1
    OTHERS = 2
    """People who said something in the thread."""


class Outcome(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    """Some text came, then the model stopped early (length, filter, cut stream, error)."""
    FAILED = "failed"
    """No text came."""
    STOPPED = "stopped"
    """Somebody who may stopped it; what was written until then stays."""
    UNDELIVERED = "undelivered"
    """The surface refused the answer for good."""


class TurnAction(StrEnum):
    """What people may want of an answer, by a button or a word."""

    STOP = "stop"
    """Write no further."""
    RETRY = "retry"
    """Answer again from the beginning, in the place of an answer that failed."""
    CONTINUE = "continue"
    """Go on with an answer that reached its length limit."""


class Renewal(StrEnum):
    """What a renewal of a lease finds."""

    HELD = "held"
    STOP = "stop"
    """Held, but somebody wants the turn stopped."""
    LOST = "lost"
    """Somebody else has the turn now, or the session was cleared."""


class TurnEnd(Enum):
    """What becomes of a turn that is to be ended; a lost one is false."""

    LOST = auto()
    """Somebody else has it, or the session was cleared, so nothing is saved."""
    AT_REST = auto()
    """It is saved, and nothing else waits in its session."""
    MORE_WAITS = auto()
    """It is saved, and the session waits for another one."""

    def __bool__(self) -> bool:
        return self is not TurnEnd.LOST


class Streaming(StrEnum):
    """How people see an answer grow."""

    UPDATE = "update"
    """By edits of its message."""
    NATIVE = "native"
    """By the surface's own streams, where it has them; else by edits."""
    OFF = "off"
    """Not at all: it is posted when it is whole."""


class FollowUps(StrEnum):
    """What is answered in a thread of a channel in which the bot takes part."""

    THREAD = "thread"
    """Whatever is not said to somebody else."""
    MENTION = "mention"
    """Only what mentions the bot."""


class Switch(StrEnum):
    """Whether something is so."""

    ON = "on"
    OFF = "off"


class ExpiryMode(StrEnum):
    """What becomes of a session that was idle for too long."""

    ARCHIVE = "archive"
    """Kept, and woken by the next message in its thread."""
    DELETE = "delete"
    """Every row of it is removed."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When an idle session expires, and what becomes of it."""

    after: int
    """Idle milliseconds."""
    mode: ExpiryMode


SessionId = NewType("SessionId", str)
"""Names a session for ever, wherever it is; it tells nothing, but an older session's comes first in order."""

NO_SESSION = SessionId("")
"""The id of none: nothing is remembered under it."""


class WorkspaceKey(NamedTuple):
    """A workspace on a surface."""

    surface: str
    workspace: str


UserKey: TypeAlias = tuple[WorkspaceKey, str]
"""Somebody: a user id, and the workspace in which it is one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A thread on a surface, and so the home of one session."""

    surface: str
    """Which surface it is on, by the name that it gives itself."""
    workspace: str
    """The surface's own id of whom it serves there; channels, people and messages have ids within it."""
    channel: str
    """Empty where it is no channel's: what one person sees of all their threads at once."""
    thread: str
    """Empty where a whole channel is meant. Of an overview, the surface's own id of where it is seen, if it has one."""

    @property
    def is_overview(self) -> bool:
        """Whether it is no thread, but where one person sees all of theirs at once, and is told privately of them."""
        return bool(self.surface) and not self.channel

    @property
    def name(self) -> str:
        """What people call it and its session, ``{channel}_{thread}``; other workspaces may have the same."""
        return f"{self.channel}_{self.thread}"

    @property
    def workspace_key(self) -> WorkspaceKey:
        """The workspace that it is in."""
        return WorkspaceKey(self.surface, self.workspace)

    def user_key(self, user: str) -> UserKey:
        """Somebody, by the user id that they have there."""
        return self.workspace_key, user

    def beside(self, channel: str, thread: str = "") -> "Place":
        """Another place in the same workspace."""
        return Place(self.surface, self.workspace, channel, thread)


def name_of(session: SessionId, place: Place | None) -> str:
    """What people call a session: as its place, or by its id while it has none."""
    return place.name if place else session


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and where it is at present."""

    id: SessionId
    place: Place


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person, as a surface understood it."""

    place: Place
    ref: str
    """The surface's own id of the message, unique within the session."""
    author: str
    text: str
    """What was said, without the leading mention of the bot; may be empty."""
    said: int
    """When it was said, in epoch microseconds of the surface's own clock: the order of a conversation."""
    opens: bool
    """It may start a session: a mention or a direct message."""
    asks: bool
    """It wants an answer; otherwise it is kept as context."""
    files: tuple[SharedFile, ...] = ()
    name: str = ""
    """What the author is called, if it is nobody whom the surface could be asked about: another bot."""
    ours: bool = False
    """We said it ourselves, before the session began."""
    said_to: SaidTo = SaidTo.ANYBODY
    """To whom it is said, as far as that is known yet."""
    direct: bool = False
    """Nobody but its author and the bot is there."""
    awaits_files: bool = False
    """It tells of files that another coming of it brings, or tells all about."""


class Appended(Enum):
    """What became of a message that was to be stored; it is true when it is stored only now."""

    NEW = auto()
    COMPLETED = auto()
    """It was stored already, and has files now that came only this time."""
    AMONG_PEOPLE = auto()
    """It is stored only now, as context: people talk among themselves, and it is said to nobody in particular."""
    REFUSED = auto()
    """It is stored only now, as context: a limit of the day is reached."""
    KNOWN = auto()
    """It was stored already, or is not wanted any more."""
    NO_SESSION_YET = auto()
    """It belongs to no session."""

    def __bool__(self) -> bool:
        return self in (Appended.NEW, Appended.AMONG_PEOPLE, Appended.REFUSED)


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a session has heard what is said in its thread. Times are epoch microseconds."""

    place: Place
    first: int
    """When its first message was said."""
    last: int
    """When its newest message was said."""


@dataclass(frozen=True, slots=True)
class ThreadSnapshot:
    """What stands in a thread on its surface. Times are epoch microseconds."""

    messages: tuple[Incoming, ...]
    """What people said, oldest first."""
    edited: Mapping[str, int]
    """Which messages were edited, by the surface's own ids, and when that was last."""
    there: frozenset[str]
    """The surface's own ids of all messages, whoever wrote them."""
    upto: int
    """Of what was said up to here nothing is missing; 0: nothing can be said of what is missing."""

    def lacks(self, ref: str, said: int) -> bool:
        """Whether a message that was said then certainly is not there any more."""
        return said <= self.upto and ref not in self.there


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One stored message of a session."""

    role: Role
    text: str
    author: str
    """The surface's user id; empty for the assistant."""
    seq: int = 0
    """Its number in the session, in the order in which messages came."""
    ref: str = ""
    """The surface's own id; of an answer, its turn."""
    said: int = 0
    """When it was said, in epoch microseconds; of an answer, when what it answers was said."""
    name: str = ""
    """What the author is called, if the surface could not be asked."""
    tokens: int = 0
    """About how many tokens its text has, as counted when it was stored."""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one turn of one session, held until it is finished, lost or released."""

    session: SessionId
    place: Place
    owner: str
    """A fresh random id of this holder."""
    turn: str
    """The turn's id, the same through all its tries, by which its messages can be found."""
    since: int
    """What came up to here, as a sequence number, was answered before."""
    upto: int
    """The newest message that this turn answers, as a sequence number."""
    attempt: int
    """1 for a first try; more when earlier tries ended without a word."""
    refs: tuple[str, ...]
    """The messages of an earlier try of this turn, to be edited rather than posted again."""
    action: TurnAction | None = None
    """RETRY or CONTINUE when the turn had ended already and is taken up again on request."""
    run: int = 1
    """How often the turn is run to an end, this time included."""
    by: str = ""
    """The surface's user id of who asked the first thing that it answers; empty when that is forgotten."""
    alone: bool = False
    """Processes died while it ran, so it runs with no other turn beside it."""
    blamed: bool = False
    """Processes died while it ran alone: it is to be given up."""

    @property
    def of(self) -> Session:
        """The session whose turn it is."""
        return Session(self.session, self.place)

    @property
    def has_begun(self) -> bool:
        """Whether it ended before, or was tried, so that people may have read some of it."""
        return self.action is not None or bool(self.refs) or self.attempt > 1

    @property
    def resumed(self) -> bool:
        """Whether there was an earlier try."""
        return self.turn != self.owner


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a message that was to be stored, and in which session it is."""

    appended: Appended
    session: SessionId = NO_SESSION
    lease: Lease | None = None
    """The turn that was taken with it."""

    def __bool__(self) -> bool:
        return bool(self.appended)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the model's server counted."""

    prompt_tokens: int
    completion_tokens: int


class FinishReason(StrEnum):
    """Why an answer is over."""

    WHOLE = "stop"
    LENGTH = "length"
    """It reached the length that was asked for, or the end of the model's window."""
    TOO_MUCH = "too_much"
    """It went on beyond all bounds."""
    FILTERED = "content_filter"
    TOOLS = "tool_calls"
    """The model called a tool, though none was offered."""
    FAILED = "server_error"
    """The server broke it off."""
    UNKNOWN = "unknown"
    """For a reason that nobody here knows."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The last thing that a model says about an answer."""

    reason: FinishReason | None
    """None when the connection broke off."""
    model: str = ""
    """The model that really answered, as its server names it."""
    usage: Usage | None = None
    estimate: int = 0
    """How many tokens the prompt was thought to have; 0 where nothing can be learned from that."""
    footnotes: tuple[str, ...] = ()
    """What people are to read below the answer, each on one line of plain text."""
    window: int = 0
    """The model's window in tokens, where its server named it before it took the prompt; else 0."""
    unseen: int = 0
    """How many pictures of the prompt's last chat message its server did not take."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a model wrote so far is none of its answer: it was thinking aloud, as only its end has shown."""


Piece: TypeAlias = str | TakenBack | Finished
"""What a model's answer comes in."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a turn led to, as it is saved."""

    outcome: Outcome
    text: str = ""
    """The assistant's words, without notices; empty when nothing is to be remembered."""
    error: str = ""
    """A short code of what went wrong, never text that somebody wrote."""
    model: str = ""
    usage: Usage | None = None
    estimate: int = 0
    """How many tokens the prompt was thought to have; 0 where nothing can be learned from that."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The newest turn of a session that ended."""

    turn: str
    run: int
    """How often it was run."""
    ref: str
    """The surface's own id of its first message; empty where there is none."""
    is_last: bool
    """Nobody said anything after it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a surface."""

    id: str
    name: str
    zone: str = ""
    """The name of their time zone, for instance ``Asia/Tokyo``; empty when unknown."""
    offset: int = 0
    """How many seconds their clock is ahead of UTC at present."""
    called: tuple[str, ...] = ()
    """All the names that they have, the one above included."""


DIRECT_MESSAGE = "a direct message"
"""What a conversation with one person is called, by people and to a model, where it has no name."""


@dataclass(frozen=True, slots=True)
class Where:
    """What a place is called on its surface, in other people's words: never to be trusted."""

    channel: str
    """A channel's name; empty for a direct message, or when unknown."""
    topic: str = ""
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that says some words for whoever presses it."""

    label: str
    words: str
    """A command of ours."""
    danger: bool = False
    """Something is lost by it."""
    overview: bool = False
    """It says nothing, but opens an overview of what the words look for; only where the surface has any."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who said something in a session that is not forgotten."""

    author: str
    """Their user id."""
    wrote_at: int
    """When they last said something, in epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who has a part in a session, and so a say in it."""

    owner: str = ""
    """The user id of who asked the first question in it; empty when that is not known any more, or nobody has yet."""
    participants: frozenset[str] = frozenset()
    """The user ids of everybody who said something in it that is not forgotten; commands do not count."""
    backfilled: bool = True
    """Whether those are among them who wrote in its thread before it began."""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The message that stands last in a session, as a list of sessions may show it."""

    text: str
    """Its first 100 characters."""
    author: str
    """Its author's user id; empty for an answer."""
    at: int
    """When it was said, or an answer ended, in epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What is known of a session. Times are epoch milliseconds."""

    session: SessionId
    place: Place | None
    messages: int
    """Messages that the model may see: people's and its own."""
    participants: tuple[Participant, ...]
    """Who said something, in the order of their first message."""
    began: int
    active: int
    busy: bool
    """A turn is under way or waits."""
    title: str = ""
    summarised: int = 0
    """How many messages a summary stands for."""
    usage: tuple[tuple[str, int, int], ...] = ()
    """By model, as its server counted them in turns, summaries and titles: its name, prompt and completion tokens."""
    owner: str = ""
    """The user id of who asked the first question in it; empty when that is not known any more, or nobody has yet."""
    last: LastMessage | None = None
    """None when all of it is forgotten."""

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.session, self.place)

    @property
    def people(self) -> tuple[str, ...]:
        """The participants' user ids."""
        return tuple(each.author for each in self.participants)

    @property
    def prompt_tokens(self) -> int:
        """Tokens that all models read."""
        return sum(prompt for _, prompt, _ in self.usage)

    @property
    def completion_tokens(self) -> int:
        """Tokens that all models wrote."""
        return sum(completion for _, _, completion in self.usage)


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """The most recently active sessions, and how many there are in all."""

    total: int
    sessions: tuple[SessionInfo, ...]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One entry of a prompt, in the words of the chat format: system, user or assistant."""

    role: str
    content: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that the model gets to see for one answer."""

    chat_messages: tuple[ChatMessage, ...]
    tokens: int = 0
    """About how many tokens it has."""
    left_out: int = 0
    """How many messages of the session are neither in it nor in its summary."""
    footnotes: tuple[str, ...] = ()
    """What people are to read below the answer to it, each on one line of plain text."""
