"""What happens in a simulation: the deeds of people, of Slack, of the network and of the machine, as plain data."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias, get_args

CLEAR = "clear session for everyone"
"""Said so that the bot does not ask first, wherever others wrote too."""
HELP = "@ChatHakase help"
"""Said so that it is no talk, whoever wrote before."""


class SayKind(StrEnum):
    """What somebody says, as far as the bot is concerned."""

    QUESTION = "question"
    ASIDE = "aside"
    """In a thread of the bot's, to somebody else: it is remembered, but asks nothing."""
    CHATTER = "chatter"
    """In a channel, to nobody: none of the bot's business."""
    COMMAND = "command"


class Moment(StrEnum):
    """When a process is killed."""

    ANY = "at any time"
    DELIVERED = "as an event goes out to it"
    ACKNOWLEDGED = "as its acknowledgement comes in"
    ASKED = "as it asks the model"
    HALF = "in the middle of the model's answer"
    WHOLE = "at the end of the model's answer"
    POSTED = "as a post is done, before it hears of that"
    EDITED = "as an edit is done, before it hears of that"
    LOOKED = "as it looks for an earlier post"


class FaultKind(StrEnum):
    """What may befall a call of the Web API."""

    LIMITED = "429"
    ERROR = "500"
    UNAVAILABLE = "503"
    HTML = "a page of HTML"
    INTERNAL = "internal_error"
    LOST_CALL = "call lost"
    LOST_ANSWER = "answer lost"
    HANGS = "hangs, not done"
    HANGS_DONE = "hangs, done"
    SLOW = "slow"


class Mood(StrEnum):
    """How the model answers."""

    WELL = "well"
    SLOW = "slow"
    SILENT = "silent for a while"
    LONG = "two pages"
    ERROR = "HTTP 500"
    LIMITED = "HTTP 429"
    REFUSED = "HTTP 400"
    CUT = "cut"
    REPORTED = "an error in mid-stream"
    EMPTY = "empty"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes a message; the first one in a thread begins it. ``token`` is a word of this message alone."""

    at: float
    person: int
    thread: int
    kind: SayKind
    token: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody presses Stop below the reply that grows in a thread, if one does."""

    at: float
    person: int
    thread: int


@dataclass(frozen=True, slots=True)
class Again:
    """Whoever began a thread presses what is offered below one of its replies, if something is."""

    at: float
    thread: int


@dataclass(frozen=True, slots=True)
class Kill:
    """``kill -9`` to a process, which is started again after ``down`` seconds."""

    at: float
    moment: Moment
    down: float
    process: int = 0


@dataclass(frozen=True, slots=True)
class Restart:
    """SIGTERM to a process, which is started again ``down`` seconds after its end."""

    at: float
    down: float
    process: int = 0


@dataclass(frozen=True, slots=True)
class Freeze:
    """A process stands still for some seconds, as when its machine is suspended."""

    at: float
    seconds: float
    process: int = 0


@dataclass(frozen=True, slots=True)
class Second:
    """A second process on the same database, for some seconds."""

    at: float
    seconds: float
    killed: bool


@dataclass(frozen=True, slots=True)
class Drop:
    """All sockets break."""

    at: float


@dataclass(frozen=True, slots=True)
class Refresh:
    """Slack asks for new sockets, or warns that it will."""

    at: float
    warning: bool


@dataclass(frozen=True, slots=True)
class Twice:
    """The next events are sent twice."""

    at: float
    events: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Acknowledgements are overlooked for some seconds."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Redeliver:
    """The last event is sent again."""

    at: float


@dataclass(frozen=True, slots=True)
class Shuffle:
    """For some ``seconds`` every event waits up to ``most`` seconds."""

    at: float
    seconds: float
    most: float


@dataclass(frozen=True, slots=True)
class ApiFault:
    """The next calls of a Web API method fail."""

    at: float
    method: str
    fault: FaultKind
    times: int = 1


@dataclass(frozen=True, slots=True)
class Jump:
    """The machine's clock jumps by some seconds."""

    at: float
    seconds: float


Deed: TypeAlias = (
    Say
    | Stop
    | Again
    | Kill
    | Restart
    | Freeze
    | Second
    | Drop
    | Refresh
    | Twice
    | Hold
    | Redeliver
    | Shuffle
    | ApiFault
    | Jump
)
DEEDS: Mapping[str, Callable[..., Deed]] = {deed.__name__: deed for deed in get_args(Deed)}


@dataclass(frozen=True)
class Plan:
    """A whole simulation, before it is played."""

    seed: int
    places: Sequence[str]
    """Of each thread: the name of its channel, or "@" for the direct message of whoever begins it."""
    deeds: Sequence[Deed]
    """In the order of time."""
    moods: Mapping[str, Sequence[Mood]] = field(default_factory=dict)
    """How the model answers a question, by its token, time after time; well when that is over."""
    retries: Sequence[float] = (0.0, 1.5, 4.5)
    """Seconds after which Slack delivers again; the real ones are 0, 60 and 300."""

    @property
    def says(self) -> Sequence[Say]:
        """All that people say."""
        return [deed for deed in self.deeds if isinstance(deed, Say)]

    def to_json(self) -> str:
        """The plan as text, to be kept and played again."""
        deeds = [{"deed": type(deed).__name__, **asdict(deed)} for deed in self.deeds]
        whole = {"seed": self.seed, "places": self.places, "moods": self.moods, "retries": self.retries}
        return json.dumps(whole | {"deeds": deeds}, indent=1)


def plan_from_json(text: str) -> Plan:
    """Read a plan that was kept."""
    whole = json.loads(text)
    moods = {token: tuple(map(Mood, moods)) for token, moods in whole["moods"].items()}
    places, deeds, retries = (tuple(whole[name]) for name in ("places", "deeds", "retries"))
    return Plan(whole["seed"], places, tuple(map(_deed, deeds)), moods, retries)


ENUMS = {"kind": SayKind, "moment": Moment, "fault": FaultKind}


def _deed(given: dict[str, Any]) -> Deed:
    values = {name: ENUMS[name](value) if name in ENUMS else value for name, value in given.items() if name != "deed"}
    return DEEDS[given["deed"]](**values)
