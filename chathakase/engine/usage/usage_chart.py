"""How what everybody used looks as a chart, and what that shows in a sentence. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from chathakase.core.amounts import counted
from chathakase.core.charts import BarChart, Layer, is_drawable
from chathakase.core.daily_limits import UsageTotal
from chathakase.core.moments import EPOCH
from chathakase.core.usage import UsageSums, summed
from chathakase.engine.usage.usage_tables import most_first, sentence

LAYERS = 6
"""How many models are told apart; if there are more, those that used least are one."""
TITLE = "What everybody used: tokens by day (UTC)"


def chart(used: UsageSums, days: Sequence[int]) -> BarChart:
    """The tokens of each day, counted from 1970-01-01, by model."""
    total = used.days()
    tokens = [total.get(day, UsageTotal()).tokens for day in days]
    return BarChart(TITLE, sentence(summed(total.values())), _labels(days), list(_layers(used, days, tokens)))


def description(used: UsageSums, days: Sequence[int]) -> str:
    """What the chart shows, for those who cannot see it."""
    total = used.days()
    most = max(total, key=lambda day: total[day].tokens)
    return (
        f"Bars of the tokens that everybody used on each day from {_date(days[0])} to {_date(days[-1])} (UTC), by "
        f"model. In all: {sentence(summed(total.values()))}. Most tokens: {total[most].tokens:,} on {_date(most)}."
    )


def _layers(used: UsageSums, days: Sequence[int], tokens: Sequence[int]) -> Iterator[Layer]:
    """What used most is the lowest, and what has no name that can be drawn is among the others on top."""
    models = {model: total for model, total in used.models().items() if total.tokens}
    shown = [model for model in most_first(models) if is_drawable(model)][: LAYERS - 1]
    below = [0] * len(days)
    for model in shown:
        amounts = [used.daily.get((day, model), UsageTotal()).tokens for day in days]
        below = [sum(each) for each in zip(below, amounts, strict=True)]
        yield Layer(model, amounts)
    if others := models.keys() - set(shown):
        yield Layer(_name(others), [each - rest for each, rest in zip(tokens, below, strict=True)])


def _name(others: set[str]) -> str:
    (first, *more) = others
    return counted(len(others), "other") if more or not is_drawable(first) else first


def _labels(days: Sequence[int]) -> list[str]:
    """The day of the month, with the month where one begins."""
    dates = [_date(day) for day in days]
    return [f"{each.day}\n{each:%b}" if each.day == 1 or each == dates[0] else str(each.day) for each in dates]


def _date(day: int) -> date:
    return (EPOCH + timedelta(days=day)).date()
