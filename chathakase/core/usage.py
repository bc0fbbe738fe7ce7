"""What people cause on a day: how much they ask, and what models cost for it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from chathakase.core.daily_limits import UsageTotal, Whose
from chathakase.core.types import Usage

K = TypeVar("K")
T = TypeVar("T", bound=Hashable)

DEFAULT_AGENT = "default"
"""The id of the agent that answers everywhere, whatever it is called."""

Price: TypeAlias = Callable[[str, Usage], int]
"""What a call of a model costs, by its name, in millionths of a US dollar; 0 where nobody knows."""


def unpriced(model: str, usage: Usage) -> int:  # noqa: ARG001 - whatever it is
    """A Price where none is known."""
    return 0


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """What one person caused in one channel with one model on one day."""

    day: int
    """Since 1970-01-01, in UTC."""
    channel: str
    person: str
    """Their user id; empty where it is not known."""
    agent: str
    model: str
    """Empty for questions, which are counted before a model is called."""
    questions: int
    calls: int
    """Of the model."""
    prompt_tokens: int
    completion_tokens: int
    cost: int
    """Millionths of a US dollar; 0 where the price is unknown."""

    @property
    def total(self) -> UsageTotal:
        """How much that is."""
        return UsageTotal(self.questions, self.prompt_tokens + self.completion_tokens, self.cost)


@dataclass(frozen=True, slots=True)
class UsedToday:
    """What counts towards the limits of the day."""

    totals: Mapping[Whose, UsageTotal] = field(default_factory=dict)
    """Whoever has used nothing is not among them."""
    lifted: bool = False
    """An admin has lifted the limits for this person until the day ends."""


@dataclass(frozen=True, slots=True)
class UsageSums:
    """What was used in some days, summed up in several ways, each of which adds up to the same."""

    daily: Mapping[tuple[int, str], UsageTotal]
    """By the day, since 1970-01-01 in UTC, and the model; all questions are of the empty one."""
    people: Mapping[str, UsageTotal]
    """By user id; empty where it is not known."""
    channels: Mapping[str, UsageTotal]
    agents: Mapping[str, UsageTotal]

    def days(self) -> Mapping[int, UsageTotal]:
        """By the day."""
        return sums_by(self.daily, lambda key: key[0])

    def models(self) -> Mapping[str, UsageTotal]:
        """By the model; all questions are of the empty one."""
        return sums_by(self.daily, lambda key: key[1])


def summed(used: Iterable[UsageTotal]) -> UsageTotal:
    """All of it together."""
    each = list(used)
    return UsageTotal(sum(u.questions for u in each), sum(u.tokens for u in each), sum(u.cost for u in each))


def sums_by(used: Mapping[K, UsageTotal], key: Callable[[K], T]) -> Mapping[T, UsageTotal]:
    """What was used, with all of it together of which the key is the same."""
    found: defaultdict[T, list[UsageTotal]] = defaultdict(list)
    for each, total in used.items():
        found[key(each)].append(total)
    return {each: summed(totals) for each, totals in found.items()}


def by_day(used: Iterable[DailyUsage], days: Sequence[int]) -> list[UsageTotal]:
    """What was used on each of these days, in their order."""
    found: dict[int, list[UsageTotal]] = {day: [] for day in days}
    for each in used:
        if each.day in found:
            found[each.day].append(each.total)
    return [summed(found[day]) for day in days]
