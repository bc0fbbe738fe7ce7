"""How much was used, and by whom."""

from collections.abc import Iterable, Mapping

from chathakase.core.daily_limits import DailyTotal
from chathakase.core.moments import DAY
from chathakase.core.usage import DailyUsage, by_day, summed
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.usage_tables import sentence, table

DAYS = 14
"""How many days are told of, today among them."""

NOTHING_OF_YOURS = privately(f"You have used nothing in the last {DAYS} days.")

UNPRICED = "The cost leaves out usage at unknown prices."


class Accounting:
    """Tells how much was used, for the eyes of whoever asks only."""

    def __init__(self, context: CommandContext) -> None:
        self._usage = context.stores.usage
        self._prices = context.terms.prices
        self._now = context.now

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.USAGE: self._own}

    async def _own(self, order: Order) -> Said:
        days = self._days()
        used = await self._usage.days(order.where.workspace_key, since=days[0], person=order.by)
        sums = by_day(used, days)
        total = summed(sums)
        if total == DailyTotal():
            return NOTHING_OF_YOURS
        lines = [
            "**What you used**",
            f"- Today: {sentence(sums[-1])}",
            f"- In the last {DAYS} days: {sentence(total)}",
            "",
            table(dict(zip(days, sums, strict=True))),
            "",
            "Days are in UTC. Tokens include the titles and summaries that I wrote for your threads.",
        ]
        if total.cost and self._is_unpriced(used):
            lines.append(UNPRICED)
        return privately("\n".join(lines))

    def _days(self) -> range:
        """The days that are told of, counted from 1970-01-01."""
        today = self._now() // DAY
        return range(today - DAYS + 1, today + 1)

    def _is_unpriced(self, used: Iterable[DailyUsage]) -> bool:
        """Whether some of it was used at prices that are not known."""
        free = {each.model for each in used if each.total.tokens and not each.cost}
        return any(self._prices(model).cost(1, 1) is None for model in free)
