"""What is known of a simulation when it is over, as plain data for the judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from tests.simulation.deeds import Mood, SayKind
from tests.storage.truth import Counts, StoredRow


@dataclass(frozen=True, slots=True, order=True)
class SimulatedThread:
    """A thread."""

    channel: str
    thread: str

    @property
    def session(self) -> str:
        """The id of its session."""
        return f"{self.channel}_{self.thread}"


@dataclass(frozen=True, slots=True)
class SaidMessage:
    """A message of a person's."""

    token: str
    kind: SayKind
    place: SimulatedThread
    ts: str
    text: str
    mentions: bool = False
    """It names the bot."""

    @property
    def opens(self) -> bool:
        """Whether it makes a thread the bot's, wherever it stands."""
        return self.mentions or self.place.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message of the bot's, as it stands at the end; outside of threads the place has no thread."""

    place: SimulatedThread
    ts: str
    text: str
    turn: str = ""
    page: int = 0
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What the model was asked, at some epoch seconds."""

    at: float
    heard: tuple[tuple[str, str], ...]
    """The role and the token of everything in the prompt that has one, in order."""
    last: tuple[str, ...]
    """The tokens of the newest chat message."""
    mood: Mood = Mood.WELL


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """A row of ``sessions``."""

    id: str
    asked: int
    answered: int
    lease_owner: str | None = None
    turn: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ``messages``."""

    session: str
    seq: int
    role: str
    text: str
    ref: str
    reply_to: int | None = None
    asks: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of ``turns``."""

    id: str
    session: str
    upto: int
    outcome: str
    error: str = ""
    run: int = 1
    action: str | None = None
    tokens: int = 0
    """Of the last time that it was run."""


@dataclass(frozen=True)
class Evidence:
    """All of it."""

    said: Sequence[SaidMessage] = ()
    shown: Sequence[ShownMessage] = ()
    requests: Sequence[Request] = ()
    sessions: Sequence[SessionEvidence] = ()
    rows: Sequence[Row] = ()
    turns: Sequence[Turn] = ()
    messages: Sequence[StoredRow] = ()
    """The rows once more, with all that is counted."""
    counts: Mapping[str, Counts] = field(default_factory=dict)
    """What is kept of each session besides its messages."""
    used: Mapping[str, int] = field(default_factory=dict)
    """Tokens that are counted for each session."""
    used_on_days: int = 0
    """Tokens that are counted for everybody on all days."""
    jobs: int = 0
    """Jobs that were enqueued and are not done."""
    statuses: Sequence[SimulatedThread] = ()
    """Where a status is shown still."""
    acknowledged: frozenset[tuple[str, str]] = frozenset()
    """Channel and ``ts`` of the messages that the bot said it has."""
    complaints: Sequence[str] = ()
    """What SQLite, the processes and their logs say that should not be."""
    unsettled: Sequence[str] = ()
    """What did not come to rest in time."""
    by_token: Mapping[str, SaidMessage] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_token", {said.token: said for said in self.said})

    @cached_property
    def row_of(self) -> Mapping[tuple[str, str], Row]:
        """Stored messages of people, by session and ``ref``."""
        return {(row.session, row.ref): row for row in self.rows if row.role != "assistant"}

    @cached_property
    def turns_of(self) -> Mapping[str, Sequence[Turn]]:
        """The turns of each session, in the order of what they answer."""
        ordered = sorted(self.turns, key=lambda turn: (turn.session, turn.upto))
        return {session: tuple(turns) for session, turns in groupby(ordered, lambda turn: turn.session)}

    @cached_property
    def replies(self) -> Mapping[str, Sequence[ShownMessage]]:
        """The messages of each turn, by its id, in the order in which they stand."""
        ordered = sorted(self.shown, key=lambda shown: (shown.turn, shown.ts))
        return {turn: tuple(pages) for turn, pages in groupby(ordered, lambda shown: shown.turn) if turn}

    def stored(self, said: SaidMessage) -> Row | None:
        """The row of a message."""
        return self.row_of.get((said.place.session, said.ts))

    def turn_of(self, said: SaidMessage) -> Turn | None:
        """The turn that answers a question."""
        row = self.stored(said)
        if row is None:
            return None
        turns = self.turns_of.get(said.place.session, ())
        return next((turn for turn in turns if turn.upto >= row.seq), None)

    def asked_with(self, said: SaidMessage) -> str:
        """What all messages of one turn have in common; also those of the turn that has not ended."""
        turn = self.turn_of(said)
        return turn.id if turn is not None else "not ended"

    def covered(self, turn: Turn) -> Sequence[SaidMessage]:
        """The questions that a turn answers, in the order in which they were said; none that are forgotten."""
        questions = [said for said in self._asked.get(turn.session, ()) if self.turn_of(said) == turn]
        return sorted(questions, key=lambda said: said.ts)

    @cached_property
    def _asked(self) -> Mapping[str, Sequence[SaidMessage]]:
        asked: dict[str, list[SaidMessage]] = {}
        for said in self.said:
            row = self.stored(said)
            if row is not None and row.asks and row.role == "user":
                asked.setdefault(said.place.session, []).append(said)
        return asked
