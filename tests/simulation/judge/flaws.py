"""What can be wrong with how a simulation ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tests.simulation.evidence import Evidence, SimulatedThread


class Wrong(StrEnum):
    """The invariants, by what breaks them."""

    LOST = "acknowledged but not stored"
    IGNORED = "acknowledged before the bot knew that the thread is its own"
    MISSED = "never handed over"
    UNKNOWN = "never handed over, in a channel where nobody had spoken to the bot"
    UNANSWERED = "not answered"
    DOUBLED = "answered more than once"
    WORDS = "a reply says something else than it should"
    DISORDER = "out of order"
    LEAKED = "from another thread"
    FORGOTTEN = "not remembered"
    REMEMBERED = "remembered after it was to be forgotten"
    LEFT_OVER = "left over"
    DATABASE = "the database is inconsistent"
    COMMAND = "a command not answered"
    PROCESS = "a process misbehaved"
    UNSETTLED = "did not come to rest"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong, and where."""

    wrong: Wrong
    told: str
    place: SimulatedThread | None = None

    def __str__(self) -> str:
        where = f" in {self.place.session}" if self.place else ""
        return f"{self.wrong}{where}: {self.told}"


Rule: TypeAlias = Callable[[Evidence], Iterator[Flaw]]
