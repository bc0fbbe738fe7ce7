"""How use reads: in a sentence, and as a table in which each day has a bar. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from chathakase.core.amounts import counted
from chathakase.core.daily_limits import MICRO, DailyTotal
from chathakase.core.moments import EPOCH
from chathakase.engine.commands.describing import dollars
from chathakase.engine.commands.wording import fenced

BARS = "▁▂▃▄▅▆▇█"
HEAD = ("day", "", "questions", "tokens", "cost")


def sentence(used: DailyTotal) -> str:
    """A sum: ``3 questions, 4,210 tokens, about $0.0123``."""
    cost = f", {dollars(used.cost / MICRO)}" if used.cost else ""
    return f"{counted(used.questions, 'question')}, {counted(used.tokens, 'token')}{cost}"


def table(days: Mapping[int, DailyTotal]) -> str:
    """What was used on each day, counted from 1970-01-01, as a block of Markdown in columns.

    Costs have a column if there are any.
    """
    most = max((used.tokens for used in days.values()), default=0)
    rows = [HEAD, *(_row(day, used, most) for day, used in days.items())]
    priced = any(used.cost for used in days.values())
    return fenced(_aligned([row if priced else row[:-1] for row in rows]))


def bar(amount: int, most: int) -> str:
    """How an amount looks beside the greatest one: a block that is higher for more, and nothing for nothing."""
    return BARS[-(-amount * len(BARS) // most) - 1] if amount else " "


def _row(day: int, used: DailyTotal, most: int) -> tuple[str, ...]:
    date = (EPOCH + timedelta(days=day)).date().isoformat()
    cost = f"${used.cost / MICRO:,.4f}"
    return date, bar(used.tokens, most), f"{used.questions:,}", f"{used.tokens:,}", cost


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows with their columns one below the other, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.rjust, row, widths)) for row in rows)
