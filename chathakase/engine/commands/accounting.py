"""How much was used, and by whom."""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial

from chathakase.core.daily_limits import UsageTotal, Whose
from chathakase.core.errors import DeliveryError
from chathakase.core.moments import DAY
from chathakase.core.names import Names
from chathakase.core.usage import DEFAULT_AGENT, UsageSums, by_day, summed, sums_by
from chathakase.core.wording import plainly
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.usage_chart import chart, description
from chathakase.engine.commands.usage_tables import left, most_first, ranking, sentence, table

DAYS = 14
"""How many days are told of, today among them."""
LISTED = 10
"""How many people, channels, agents and models are told one by one."""

YOURS, EVERYBODYS = "What you used", "What everybody used"
NOTHING_OF_YOURS = f"You have used nothing in the last {DAYS} days."
NOTHING_AT_ALL = privately(f"Nobody has used anything in the last {DAYS} days.")
LIFTED = "- You have no daily limits today: an admin has lifted them"

PICTURE = "usage.png"
COMMENT = f"What everybody used in the last {DAYS} days, as a picture."

IN_UTC = "Days are in UTC. Tokens include the titles and summaries that I write."
UNPRICED = "The cost leaves out usage at unknown prices."
UNKNOWN = "somebody unknown"

log = logging.getLogger(__name__)


class Accounting:
    """Tells how much was used, for the eyes of whoever asks only."""

    def __init__(self, context: CommandContext) -> None:
        self._usage = context.stores.usage
        self._surface = context.surface
        self._charts = context.charts
        self._limits = context.terms.daily_limits
        self._prices = context.terms.prices
        self._agent = context.terms.agent
        self._now = context.now

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.USAGE: self._own, parsing.ALL_USAGE: self._all}

    async def _own(self, order: Order) -> Said:
        days = self._days()
        used = await self._usage.days(order.where.workspace_key, since=days[0], person=order.by)
        sums = by_day(used, days)
        if summed(sums) == UsageTotal():
            return privately("\n".join([NOTHING_OF_YOURS, *await self._left(order)]))
        about = [*_in_short(YOURS, sums), *await self._left(order)]
        free = {each.model for each in used if each.total.tokens and not each.cost}
        return privately("\n\n".join(["\n".join(about), _table(days, sums), self._note(sums, free)]))

    async def _all(self, order: Order) -> Said:
        days = self._days()
        used = await self._usage.sums(order.where.workspace_key, since=days[0], until=days[-1])
        if not (found := used.days()):
            return NOTHING_AT_ALL
        sums = [found.get(day, UsageTotal()) for day in days]
        free = {model for model, total in used.models().items() if total.tokens and not total.cost}
        parts = ["\n".join(_in_short(EVERYBODYS, sums)), _table(days, sums)]
        parts += [part async for part in self._rankings(order, used)]
        send_picture = partial(self._send_picture, order, used, days)
        return privately("\n\n".join([*parts, self._note(sums, free)]), then=send_picture)

    async def _send_picture(self, order: Order, used: UsageSums, days: Sequence[int]) -> None:
        """Send the same as a picture; whoever gets none has been told all in words."""
        if not any(total.tokens for total in used.daily.values()):
            return
        if not (picture := await self._charts.draw(chart(used, days))):
            return
        share, shown = self._surface.share_privately, description(used, days)
        try:
            await share(order.where, order.by, order.job, PICTURE, picture, comment=COMMENT, description=shown)
        except DeliveryError as error:
            log.warning("The picture of what everybody used could not be sent: %s", error)

    async def _rankings(self, order: Order, used: UsageSums) -> AsyncIterator[str]:
        ids = [id_ for id_ in most_first(used.people)[:LISTED] if id_]
        people = await self._surface.people(order.where, ids)
        names = Names({id_: person.name for id_, person in people.items()}).by_id()
        yield ranking("People", used.people, lambda id_: plainly(names.get(id_, UNKNOWN)), listed=LISTED)
        # Direct messages are all called alike, and so are told together.
        channels = sums_by(used.channels, lambda id_: self._surface.describe(order.where.beside(id_)))
        yield ranking("Channels", channels, str, listed=LISTED)
        yield ranking("Agents", used.agents, self._agent_name, listed=LISTED)
        models = {model: total for model, total in used.models().items() if model}
        yield ranking("Models", models, plainly, listed=LISTED)

    async def _left(self, order: Order) -> list[str]:
        """What is left of today's limits."""
        if not self._limits:
            return []
        today = await self._usage.today(order.where, order.by)
        if today.lifted:
            return [LIFTED]
        limits = {whose: [each for each in self._limits if each.whose is whose] for whose in Whose}
        return [left(whose, each, today.totals.get(whose, UsageTotal())) for whose, each in limits.items() if each]

    def _agent_name(self, id_: str) -> str:
        return plainly(self._agent if id_ == DEFAULT_AGENT else id_)

    def _days(self) -> range:
        """The days that are told of, counted from 1970-01-01."""
        today = self._now() // DAY
        return range(today - DAYS + 1, today + 1)

    def _note(self, sums: Iterable[UsageTotal], free: Iterable[str]) -> str:
        """What has to be known of the numbers; ``free`` are models that have cost nothing."""
        unpriced = any(self._prices(model).cost(1, 1) is None for model in free)
        return f"{IN_UTC} {UNPRICED}" if unpriced and summed(sums).cost else IN_UTC


def _in_short(title: str, sums: Sequence[UsageTotal]) -> Iterator[str]:
    yield f"**{title}**"
    yield f"- Today: {sentence(sums[-1])}"
    yield f"- In the last {DAYS} days: {sentence(summed(sums))}"


def _table(days: Iterable[int], sums: Iterable[UsageTotal]) -> str:
    return table(dict(zip(days, sums, strict=True)))
