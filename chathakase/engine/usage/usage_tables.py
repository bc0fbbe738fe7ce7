"""How use reads: in a sentence, and as a table in which each day has a bar. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from chathakase.core.amounts import counted, dollars
from chathakase.core.daily_limits import MICRO, DailyLimit, Measure, UsageTotal, Whose
from chathakase.core.moments import EPOCH
from chathakase.core.usage import summed
from chathakase.core.wording import fenced

BARS = "▁▂▃▄▅▆▇█"
LEFT: Mapping[Whose, str] = {
    Whose.PERSON: "Left for you today",
    Whose.CHANNEL: "Left in this channel today",
    Whose.ALL: "Left for everybody today",
}
HEAD = ("day", "", "questions", "tokens", "cost")


def sentence(used: UsageTotal) -> str:
    """A sum: ``3 questions, 4,210 tokens, about $0.0123``."""
    parts = [counted(used.questions, "question")] if used.questions or not used.tokens else []
    parts.append(counted(used.tokens, "token"))
    if used.cost:
        parts.append(dollars(used.cost / MICRO))
    return ", ".join(parts)


def table(days: Mapping[int, UsageTotal]) -> str:
    """What was used on each day, counted from 1970-01-01, as a block of Markdown in columns.

    Costs have a column if there are any. Days have no year, so that a row of it fits on a telephone.
    """
    most = max((used.tokens for used in days.values()), default=0)
    rows = [HEAD, *(_row(day, used, most) for day, used in days.items())]
    priced = any(used.cost for used in days.values())
    return fenced(_aligned([row if priced else row[:-1] for row in rows]))


def left(whose: Whose, limits: Iterable[DailyLimit], used: UsageTotal) -> str:
    """What is left of somebody's limits: ``- Left for you today: 12 of 20 questions, $0.40 of $0.50``."""
    return f"- {LEFT[whose]}: {', '.join(_left_of(limit, used) for limit in limits)}"


def ranking(title: str, used: Mapping[str, UsageTotal], name: Callable[[str], str], *, listed: int) -> str:
    """Whatever used most, one by one by its name, and the rest in one sum."""
    first = most_first(used)
    lines = [f"**{title}**", *(f"- {name(each)}: {sentence(used[each])}" for each in first[:listed])]
    if rest := first[listed:]:
        lines.append(f"- … and {len(rest):,} more: {sentence(summed(used[each] for each in rest))}")
    return "\n".join(lines)


def most_first(used: Mapping[str, UsageTotal]) -> list[str]:
    """Those that used most tokens first, then those that asked most."""
    return sorted(used, key=lambda each: (-used[each].tokens, -used[each].questions, each))


def bar(amount: int, most: int) -> str:
    """How an amount looks beside the greatest one: a block that is higher for more, and nothing for nothing."""
    return BARS[-(-amount * len(BARS) // most) - 1] if amount else " "


def _left_of(limit: DailyLimit, used: UsageTotal) -> str:
    more = max(limit.most - used.of(limit.measure), 0)
    told = f"${more / MICRO:,.2f}" if limit.measure is Measure.COST else f"{more:,}"
    return f"{told} of {limit.amount}"


def _row(day: int, used: UsageTotal, most: int) -> tuple[str, ...]:
    date = (EPOCH + timedelta(days=day)).date()
    cost = f"${used.cost / MICRO:,.4f}"
    return f"{date.day} {date:%b}", bar(used.tokens, most), f"{used.questions:,}", f"{used.tokens:,}", cost


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows with their columns one below the other, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.rjust, row, widths)) for row in rows)
