"""What the stores in memory remember, and what follows from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as counting

from chathakase.core.audit import AuditEntry
from chathakase.core.daily_limits import DailyLimit, LimitNotice
from chathakase.core.files import Attachment, Image, SharedFile
from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION, Command, Job
from chathakase.core.leases import AHEAD_MS
from chathakase.core.memory import Summary, TitleBy
from chathakase.core.title_cleaning import UNTITLED, title_of
from chathakase.core.types import (
    NO_SESSION,
    Incoming,
    Place,
    Result,
    Role,
    SaidTo,
    SessionId,
    StoredMessage,
    TurnAction,
    Usage,
    WorkspaceKey,
)
from tests.doubles.meter import MeterInMemory
from tests.doubles.store_trips import Trips

SPOKEN = (Role.USER, Role.ASSISTANT)


@dataclass
class MessageRecord:
    """One stored message."""

    role: Role
    text: str
    author: str
    ref: str
    said: int
    seq: int
    asks: bool = False
    name: str = ""
    said_to: SaidTo = SaidTo.ANYBODY
    reply_to: int | None = None
    """Of an answer: the newest message that it answers."""
    changed: int = 0
    at: int = 0
    """Of an answer: when it ended."""
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """Up to where a turn must have come to know of it."""
        return self.seq if self.reply_to is None else self.reply_to

    def forget(self) -> None:
        self.role, self.text, self.author, self.name, self.attachments = Role.CLEARED, "", "", "", []

    def seen(self, count_tokens: Callable[[str], int]) -> StoredMessage:
        """The same, as it is told."""
        tokens = count_tokens(self.text)
        about = {"seq": self.seq, "ref": self.ref, "said": self.said, "name": self.name, "tokens": tokens}
        return StoredMessage(self.role, self.text, self.author, attachments=tuple(self.attachments), **about)  # type: ignore[arg-type]


@dataclass
class TurnRecord:
    """A turn that ended."""

    id: str
    upto: int
    run: int
    refs: tuple[str, ...]
    result: Result
    ended: int
    action: TurnAction | None = None


@dataclass
class Claim:
    """A turn that is under way, or was released unfinished."""

    turn: str
    refs: tuple[str, ...] = ()
    attempts: int = 0
    owner: str | None = None
    until: int = 0
    stop: bool = False
    since: int = 0
    """The newest message that there was when it was begun."""


@dataclass
class SessionRecord:
    """One session, and all that is in it."""

    id: SessionId
    place: Place
    backfilled: bool
    owner: str = ""
    seq: int = 0
    asked: int = 0
    answered: int = 0
    messages: list[MessageRecord] = field(default_factory=list)
    turns: dict[str, TurnRecord] = field(default_factory=dict)
    """Those that ended."""
    claim: Claim | None = None
    summary: Summary | None = None
    generation: int = 0
    title: str = ""
    title_by: TitleBy | None = None
    told: int = 0
    """The newest message of which the title may tell."""
    active: int = 0
    archived_by: str = ""

    @property
    def waits(self) -> bool:
        return self.asked > self.answered or any(turn.action for turn in self.turns.values())

    @property
    def requested(self) -> TurnRecord | None:
        """The first of the turns that are to be taken up again."""
        return min((turn for turn in self.turns.values() if turn.action), key=lambda turn: turn.upto, default=None)

    @property
    def lowest(self) -> int:
        """The number of what came first, which is not above 0."""
        return min((0, *(each.seq for each in self.messages)))

    def answers(self, ref: str) -> bool:
        """Whether one of our own messages shows an answer."""
        return any(ref in turn.refs for turn in self.turns.values())

    def find(self, ref: str) -> MessageRecord | None:
        return next((each for each in self.messages if each.ref == ref), None)

    def spoken(self, *roles: Role) -> list[MessageRecord]:
        """The messages of some roles, or all that a model may see, in the order in which they were said."""
        roles = roles or SPOKEN
        return sorted((each for each in self.messages if each.role in roles), key=lambda each: (each.said, each.seq))

    def questions(self, since: int, upto: int | None = None) -> list[MessageRecord]:
        """What asks, is not forgotten, and came between two others, in the order in which it came."""
        asking = (each for each in self.messages if each.role is Role.USER and each.asks and each.seq > since)
        return sorted((each for each in asking if upto is None or each.seq <= upto), key=lambda each: each.seq)

    def since(self, turn: TurnRecord) -> int:
        """What came up to here was answered before a turn that ended."""
        return max((other.upto for other in self.turns.values() if other.upto < turn.upto), default=0)

    def answered_by(self, turn: TurnRecord) -> list[MessageRecord]:
        """The questions that a turn that ended answers, those that are not forgotten."""
        return self.questions(self.since(turn), turn.upto)

    @property
    def under_way(self) -> list[MessageRecord]:
        """The questions that the turn answers which is under way, or comes next where none is to be taken up again."""
        again = self.turns.get(self.claim.turn) if self.claim else None
        return self.answered_by(again) if again else self.questions(self.answered)

    def among_people(self, said: int, author: str) -> bool:
        """Whether people talk among themselves at a time, and not only one author."""
        earlier = [each for each in self.messages if each.said < said and each.role is not Role.CLEARED]
        newest = max((each for each in earlier if each.said_to), key=lambda each: each.said, default=None)
        others = any(self._people(but=author))
        return others and newest is not None and newest.said_to is SaidTo.OTHERS

    def is_behind_somebody(self, said: int, author: str, answered: int) -> bool:
        """Whether another person said what stands before a message of a time; not where an answer can be seen."""
        earlier = [each for each in self.spoken(*SPOKEN, Role.COMMAND) if each.said < said]
        if not earlier or earlier[-1].role is not Role.USER or earlier[-1].seq <= answered:
            return False
        if self._is_answered(earlier[-1]):
            return False
        return earlier[-1].author not in ("", author) and not earlier[-1].name

    def _is_answered(self, message: MessageRecord) -> bool:
        """Whether people see an answer below a message, or a part of it."""
        claim = self.claim
        grows = claim is not None and claim.turn not in self.turns and claim.refs and message.seq <= claim.since
        return any(turn.upto >= message.seq for turn in self.turns.values()) or bool(grows)

    def people(self) -> list[str]:
        """The user ids of who said something."""
        return list(dict.fromkeys(self._people()))

    def _people(self, *, but: str = "") -> Iterable[str]:
        told = self.spoken(Role.USER)
        return (each.author for each in told if each.author and not each.name and each.author != but)

    def invalidate(self, said: int) -> None:
        """Something changed that was said at a time, of which a summary may tell."""
        self.generation += 1
        if self.summary is not None and self.summary.upto >= said:
            self.summary = None

    def set_title(self, title: str, by: TitleBy | None) -> None:
        self.title, self.title_by, self.told = title, by, self.seq

    def retitle(self, seq: int) -> None:
        """Name it after the first thing in it, if its title may tell of a message; not if a person has named it."""
        is_a_models = self.title_by is TitleBy.MODEL and self.told >= seq
        if is_a_models or self.title_by in (None, TitleBy.RULE):
            first = next((each for each in self.spoken(Role.USER) if each.seq > 0), None)
            self.set_title(*((title_of(first.text), TitleBy.RULE) if first else (UNTITLED, None)))

    def withdraw(self) -> None:
        """Have nothing answered that is forgotten."""
        if self.asked > self.answered:
            left = [each.seq for each in self.questions(self.answered)]
            self.asked, self.answered = (left[-1], left[0] - 1) if left else (self.answered, self.seq)
        for turn in self.turns.values():
            if not self.answered_by(turn):
                turn.action = None
        if not self.waits:
            self.claim = None


@dataclass
class JobRecord:
    """Something that is to be done once."""

    job: Job
    until: int
    done: bool = False
    audited: bool = False


class Records:
    """Everything that is remembered, by a clock in epoch milliseconds."""

    def __init__(
        self,
        clock: Callable[[], int],
        *,
        count: Callable[[str], int],
        ids: Callable[[], SessionId],
        limits: Sequence[DailyLimit] = (),
    ) -> None:
        """``count`` tells how many tokens a text has."""
        self.now = clock
        self.count = count
        self.trips = Trips()
        self.meter = MeterInMemory(clock, self._tell, limits=limits)
        self.sessions: list[SessionRecord] = []
        self.jobs: dict[tuple[WorkspaceKey, str], JobRecord] = {}
        self.hints: dict[tuple[WorkspaceKey, str, str], str] = {}
        self.audit: list[AuditEntry] = []
        self.muted: dict[Place, str] = {}
        """Who muted each channel."""
        self.images: dict[int, Image] = {}
        self._ids = ids
        self._numbers = counting(1)

    def at(self, place: Place) -> SessionRecord | None:
        return next((each for each in self.sessions if each.place == place), None)

    def session(self, session: SessionId) -> SessionRecord | None:
        return next((each for each in self.sessions if each.id == session), None)

    def open(self, place: Place, *, backfilled: bool) -> SessionRecord:
        self.sessions.append(SessionRecord(self._ids(), place, backfilled))
        return self.sessions[-1]

    def spend(self, session: SessionRecord, model: str, usage: Usage, *, by: str) -> None:
        """Count what a call cost, for whom it was asked for, or for whoever asked last what is answered."""
        answered = session.questions(0, session.answered)
        last = answered[-1].author if answered else ""
        self.meter.spend(session.place, by or last, model, usage)

    def _tell(self, notice: LimitNotice, place: Place, person: str, ref: str) -> None:
        job = Job(Command(place, ref, person, notice.level, str(notice)))
        session = self.at(place)
        record = JobRecord(replace(job, session=session.id if session else NO_SESSION), 0)
        self.jobs.setdefault(job.key, record)

    def is_free(self, until: int) -> bool:
        """Whether nobody holds what was held until then; what ends far ahead is left from a jump of the clock."""
        return not self.now() <= until <= self.now() + AHEAD_MS

    def is_held(self, session: SessionRecord) -> bool:
        return session.claim is not None and not self.is_free(session.claim.until)

    def is_to_be_cleared(self, session: SessionRecord) -> bool:
        return any(
            isinstance(each.job.task, Command) and each.job.task.name in (CLEAR_SESSION, DELETE_SESSION)
            for each in self.jobs.values()
            if each.job.session == session.id and not each.done
        )

    def add_files(self, message: MessageRecord, files: Iterable[SharedFile]) -> int:
        """Note the files of a message that are not noted yet; returns how many are new."""
        known = {each.file.id for each in message.attachments}
        new = [Attachment(next(self._numbers), file) for file in files if file.id not in known]
        message.attachments += new
        return len(new)


def record_of(incoming: Incoming, seq: int, *, role: Role, asks: bool) -> MessageRecord:
    return MessageRecord(
        role,
        incoming.text,
        incoming.author,
        incoming.ref,
        incoming.said,
        seq,
        asks=asks,
        name=incoming.name,
        said_to=incoming.said_to,
    )
