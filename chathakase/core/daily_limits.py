"""How much may be used in a day, by one person, in one channel and in all. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from chathakase.core.amounts import counted

NEARLY = Fraction(4, 5)
"""How much of a limit is used when people are told for the first time."""

MICRO = 1_000_000
"""Millionths of a dollar in a dollar."""


NUMBER = re.compile(r"[0-9]{1,12}")
MONEY = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


class Measure(StrEnum):
    """What is counted."""

    QUESTIONS = "questions"
    TOKENS = "tokens"
    """All that models read and write."""
    COST = "cost"
    """Millionths of a US dollar."""


class Whose(StrEnum):
    """For whom it is counted together."""

    PERSON = "person"
    CHANNEL = "channel"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """How much of something may be used in a day."""

    measure: Measure
    whose: Whose
    most: int

    @property
    def amount(self) -> str:
        """How much that is, for people: ``20 questions``, ``$2.50``."""
        if self.measure is Measure.COST:
            return f"${self.most / MICRO:,.2f}"
        return counted(self.most, self.measure.removesuffix("s"))


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """How much was used, in a day or in several."""

    questions: int = 0
    tokens: int = 0
    cost: int = 0

    def of(self, measure: Measure) -> int:
        """How much of one thing."""
        return {Measure.QUESTIONS: self.questions, Measure.TOKENS: self.tokens, Measure.COST: self.cost}[measure]


Totals = Mapping[Whose, UsageTotal]


class LimitLevel(StrEnum):
    """How near a limit is."""

    NEAR = "daily limit near"
    REACHED = "daily limit reached"
    """By what was allowed last."""
    EXCEEDED = "daily limit exceeded"
    """By what is therefore refused."""


@dataclass(frozen=True, slots=True)
class LimitNotice:
    """What somebody is told of a limit."""

    level: LimitLevel
    limit: DailyLimit
    day: int
    """Since 1970-01-01, in UTC."""

    def __str__(self) -> str:
        """All of it but the level, in one line, which ``notice_of`` reads."""
        return f"{self.day} {self.limit.whose} {self.limit.measure} {self.limit.most}"


def notice_of(level: str, text: str) -> LimitNotice:
    """Read a notice that was written as one line."""
    day, whose, measure, most = text.split()
    return LimitNotice(LimitLevel(level), DailyLimit(Measure(measure), Whose(whose), int(most)), int(day))


def exceeded(limits: Sequence[DailyLimit], totals: Totals) -> DailyLimit | None:
    """The limit that a question goes beyond, which is counted in the totals already.

    The answer that reaches a limit of tokens or money is the last one, since nobody knows before what it will take.
    """
    for limit in limits:
        used = totals[limit.whose].of(limit.measure)
        if used > limit.most or (used == limit.most and limit.measure is not Measure.QUESTIONS):
            return limit
    return None


def passed(limits: Sequence[DailyLimit], totals: Totals, added: UsageTotal) -> Iterator[tuple[LimitLevel, DailyLimit]]:
    """What limits have come near, or were reached, just by what was added to the totals last."""
    for limit in limits:
        used = totals[limit.whose].of(limit.measure)
        before = used - added.of(limit.measure)
        if before < limit.most <= used:
            yield LimitLevel.REACHED, limit
        elif before < NEARLY * limit.most <= used:
            yield LimitLevel.NEAR, limit


def read_limits(measure: Measure, text: str) -> tuple[DailyLimit, ...]:
    """Read ``20``, for each person, or ``20/200/2000``, for each person, each channel and all.

    What is empty or 0 is no limit; money is told in dollars. Raises ValueError in plain words.
    """
    parts = text.split("/") if text.strip() else []
    if len(parts) > len(Whose):
        raise ValueError("must be at most three numbers, for a person, a channel and everybody, such as 20/200/2000")
    amounts = [_amount(measure, part.strip()) for part in parts]
    return tuple(DailyLimit(measure, whose, most) for whose, most in zip(Whose, amounts, strict=False) if most)


def _amount(measure: Measure, text: str) -> int:
    if measure is Measure.COST:
        if text and not MONEY.fullmatch(text):
            raise ValueError("must be dollars, such as 2.50")
        return round(Fraction(text or 0) * MICRO)
    if text and not NUMBER.fullmatch(text):
        raise ValueError("must be whole numbers, such as 20")
    return int(text or 0)
