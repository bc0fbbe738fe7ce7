"""From a seed to a plan. Pure: the same seed and scale make the same plan."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tests.simulation.deeds import (
    CLEAR,
    HELP,
    Again,
    ApiFault,
    Deed,
    Drop,
    FaultKind,
    Freeze,
    Hold,
    Jump,
    Kill,
    Moment,
    Mood,
    Plan,
    Redeliver,
    Refresh,
    Restart,
    Say,
    SayKind,
    Second,
    Shuffle,
    Stop,
    Twice,
)
from tests.simulation.town import CHANNELS, PEOPLE

T = TypeVar("T")

RATE = 4.0
"""Messages a second at most; Slack takes five posts a second in a whole workspace."""
LIVELY = 12
"""Of so many threads at most people go on with one."""
COMMANDS = ("session info", HELP, CLEAR)

MOMENTS = {
    Moment.ANY: 6,
    Moment.DELIVERED: 3,
    Moment.ACKNOWLEDGED: 3,
    Moment.ASKED: 2,
    Moment.HALF: 3,
    Moment.WHOLE: 2,
    Moment.POSTED: 5,
    Moment.EDITED: 2,
    Moment.LOOKED: 1,
}
METHODS = {
    "chat.postMessage": 12,
    "chat.update": 6,
    "assistant.threads.setStatus": 3,
    "conversations.replies": 4,
    "users.info": 2,
    "auth.test": 1,
    "apps.connections.open": 2,
    "*": 4,
}
FAULTS = {
    FaultKind.LIMITED: 3,
    FaultKind.ERROR: 2,
    FaultKind.UNAVAILABLE: 2,
    FaultKind.HTML: 1,
    FaultKind.INTERNAL: 2,
    FaultKind.LOST_CALL: 2,
    FaultKind.LOST_ANSWER: 4,
    FaultKind.HANGS: 1,
    FaultKind.HANGS_DONE: 2,
    FaultKind.SLOW: 2,
}
MOODS = {
    Mood.SLOW: 6,
    Mood.SILENT: 4,
    Mood.LONG: 2,
    Mood.ERROR: 3,
    Mood.LIMITED: 2,
    Mood.REFUSED: 1,
    Mood.CUT: 2,
    Mood.REPORTED: 1,
    Mood.EMPTY: 1,
    Mood.LENGTH: 2,
}


@dataclass(frozen=True)
class Scale:
    """How much happens."""

    turns: int = 40
    """Messages that people write, most of them questions."""
    kills: int = 4
    kill_interval: float = 4.0
    """Seconds between two kills on average; on a quick machine a process needs one to start."""
    retries: tuple[float, ...] = (0.0, 3.0, 9.0)
    """Seconds after which Slack delivers again."""
    without: frozenset[str] = frozenset()
    """Names of deeds that do not happen."""

    @property
    def seconds(self) -> float:
        """How long people write."""
        return max(self.turns / RATE, self.kills * self.kill_interval)


def make_plan(seed: int, scale: Scale) -> Plan:
    """Plan a simulation."""
    town = _Town(Random(f"{seed} people"), scale)
    says = list(town.says())
    deeds: list[Deed] = [*says, *_people(Random(f"{seed} presses"), scale, says)]
    deeds += _machine(Random(f"{seed} machine"), scale)
    deeds += _slack(Random(f"{seed} slack"), scale)
    kept = [deed for deed in deeds if type(deed).__name__ not in scale.without]
    return Plan(
        seed, tuple(town.places), tuple(sorted(kept, key=_when)), _moods(Random(f"{seed} model"), says), scale.retries
    )


def _when(deed: Deed) -> float:
    return deed.at


class _Town:
    """Who says what, and where."""

    def __init__(self, rng: Random, scale: Scale) -> None:
        self._rng = rng
        self._scale = scale
        self.places: list[str] = []
        self._owners: list[int] = []
        self._lively: list[int] = []
        self._number = 0
        self._cleared: set[int] = set()
        self._among_people: set[int] = set()
        """Threads in which people talked to each other, where the bot answers only who calls it."""

    def says(self) -> Iterator[Say]:
        at = 0.0
        while self._number < self._scale.turns:
            at += self._rng.expovariate(self._scale.turns / self._scale.seconds)
            at = min(at, self._scale.seconds)
            draw = self._rng.random()
            if not self._lively or draw < 0.35:
                yield self._begin(at)
            elif draw < 0.39:
                yield self._chatter(at)
            elif draw < 0.45:
                yield self._command(at)
            elif draw < 0.50:
                yield self._aside(at)
            else:
                for _ in range(self._rng.choice((1, 1, 1, 1, 2, 3))):
                    yield self._go_on(at)
                    at += self._rng.choice((0.0, 0.02, 0.3))

    def _begin(self, at: float) -> Say:
        person, thread = self._rng.randrange(len(PEOPLE)), self._open()
        self._owners[thread] = person
        self._lively = [*self._lively, thread][-LIVELY:]
        mention = "" if self.places[thread] == "@" else "@ChatHakase "
        return self._say(at, person, thread, SayKind.QUESTION, f"{mention}{{}} what is a swordfish?")

    def _open(self) -> int:
        direct = self._rng.random() < 0.3
        self.places.append("@" if direct else f"#{self._rng.choice(CHANNELS)}")
        self._owners.append(0)
        return len(self.places) - 1

    def _thread(self) -> tuple[int, int]:
        """A thread to go on with, and who does."""
        thread = self._rng.choice(self._lively)
        owner = self._owners[thread]
        alone = self.places[thread] == "@" or self._rng.random() < 0.6
        return thread, owner if alone else self._rng.randrange(len(PEOPLE))

    def _go_on(self, at: float) -> Say:
        thread, person = self._thread()
        calls = self._rng.random() < 0.2
        return self._ask(at, person, thread, calls=calls)

    def _ask(self, at: float, person: int, thread: int, *, calls: bool) -> Say:
        mention = "@ChatHakase " if calls or thread in self._among_people else ""
        return self._say(at, person, thread, SayKind.QUESTION, f"{mention}{{}} and what does a swordfish eat?")

    def _aside(self, at: float) -> Say:
        thread, person = self._thread()
        if self.places[thread] == "@":
            return self._go_on(at)
        self._among_people.add(thread)
        other = PEOPLE[(person + 1) % len(PEOPLE)]
        return self._say(at, person, thread, SayKind.ASIDE, f"@{other} {{}} did you ever see a swordfish?")

    def _chatter(self, at: float) -> Say:
        thread = self._open()
        if self.places[thread] == "@":
            self.places[thread] = f"#{CHANNELS[0]}"
        person = self._rng.randrange(len(PEOPLE))
        return self._say(at, person, thread, SayKind.CHATTER, "{} swordfish for lunch, anybody?")

    def _command(self, at: float) -> Say:
        thread, person = self._thread()
        command = self._rng.choice(COMMANDS)
        if thread in self._among_people:
            return self._ask(at, person, thread, calls=True)
        # Of what is cleared twice nobody could tell which of both has forgotten it.
        if command == CLEAR and thread in self._cleared:
            command = HELP
        if command == CLEAR:
            self._cleared.add(thread)
            # Nobody else may.
            person = self._owners[thread]
        return self._say(at, person, thread, SayKind.COMMAND, command)

    def _say(self, at: float, person: int, thread: int, kind: SayKind, text: str) -> Say:
        self._number += 1
        token = f"{kind[0]}{self._number}z"
        return Say(round(at, 3), person, thread, kind, token, text.format(token))


def _people(rng: Random, scale: Scale, says: Sequence[Say]) -> Iterator[Deed]:
    """What people press: soon after a question, since that is when there is something to be pressed."""
    questions = [say for say in says if say.kind is SayKind.QUESTION]
    for _ in _some(rng, 0.08 * scale.turns):
        say = rng.choice(questions)
        yield Stop(_soon(rng, say.at, 2.5), rng.choice((say.person, say.person, 0)), say.thread)
    for say in questions:
        if rng.random() < 0.12:
            yield Again(_soon(rng, say.at + 1.0, 4.0), say.thread)


def _soon(rng: Random, at: float, within: float) -> float:
    return round(at + rng.uniform(0.0, within), 3)


def _machine(rng: Random, scale: Scale) -> Iterator[Deed]:
    """What happens to the bot's processes and their clock."""
    # The first moments are for the bot's start.
    at = _times(rng, scale)
    for _ in range(scale.kills):
        yield Kill(at(), _drawn(rng, MOMENTS), round(rng.choice((0.0, 0.0, 0.5, 2.0)), 1), rng.randrange(2))
    for _ in _some(rng, 0.008 * scale.turns):
        yield Restart(at(), round(rng.choice((0.0, 0.5, 1.5)), 1), rng.randrange(2))
    for _ in _some(rng, 0.006 * scale.turns):
        yield Freeze(at(), rng.choice((1.0, 4.0, 9.0)), rng.randrange(2))
    for _ in _some(rng, 0.012 * scale.turns):
        yield Second(at(), round(rng.uniform(2.0, 9.0), 1), rng.random() < 0.5)
    for _ in _some(rng, 0.008 * scale.turns):
        size = rng.choice((3.0, 10.0, 60.0, 7_200.0))
        yield Jump(at(), rng.choice((-size, size)))


def _slack(rng: Random, scale: Scale) -> Iterator[Deed]:
    """What Slack and the network do."""
    at = _times(rng, scale)
    for _ in _some(rng, 0.2 * scale.turns):
        yield ApiFault(at(), _drawn(rng, METHODS), _drawn(rng, FAULTS), rng.choice((1, 1, 1, 2, 3)))
    for _ in _some(rng, 0.015 * scale.turns):
        yield Drop(at())
    for _ in _some(rng, 0.015 * scale.turns):
        yield Refresh(at(), rng.random() < 0.3)
    for _ in _some(rng, 0.04 * scale.turns):
        yield Twice(at(), rng.randint(1, 3))
    for _ in _some(rng, 0.01 * scale.turns):
        yield Hold(at(), round(rng.uniform(0.3, 1.5), 1))
    for _ in _some(rng, 0.04 * scale.turns):
        yield Redeliver(at())
    for _ in _some(rng, 0.015 * scale.turns):
        yield Shuffle(at(), round(rng.uniform(0.5, 3.0), 1), round(rng.choice((0.05, 0.5, 2.0)), 2))


def _moods(rng: Random, says: Sequence[Say]) -> dict[str, tuple[Mood, ...]]:
    moody = [say for say in says if say.kind is SayKind.QUESTION and rng.random() < 0.2]
    return {say.token: (_drawn(rng, MOODS),) * rng.choice((1, 1, 3)) for say in moody}


def _times(rng: Random, scale: Scale) -> Callable[[], float]:
    return lambda: round(rng.uniform(0.0, scale.seconds + 1.0), 3)


def _some(rng: Random, count: float) -> range:
    """As many as ``count`` on average."""
    return range(int(count) + (rng.random() < count % 1))


def _drawn(rng: Random, weights: dict[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
