"""Tells in words how much was used: by one person, or by everybody."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chathakase.core.daily_limits import DailyLimit, UsageTotal, Whose
from chathakase.core.moments import DAY
from chathakase.core.names import Names
from chathakase.core.ports import Surface, UsageStore
from chathakase.core.types import Place
from chathakase.core.usage import DEFAULT_AGENT, UsageSums, by_day, summed, sums_by
from chathakase.core.window import ModelFacts
from chathakase.core.wording import plainly
from chathakase.engine.usage.usage_tables import left, most_first, ranking, sentence, table

DAYS = 14
"""How many days are told of, today among them."""
LISTED = 10
"""How many people, channels, agents and models are told one by one."""

YOURS, EVERYBODYS = "What you used", "What everybody used"
NOTHING_AT_ALL = f"Nobody has used anything in the last {DAYS} days."
NOTHING_OF_YOURS = f"You have used nothing in the last {DAYS} days."
LIFTED = "- You have no daily limits today: an admin has lifted them"

IN_UTC = "Days are in UTC. Tokens include the titles and summaries that I write."
UNPRICED = "The cost leaves out usage at unknown prices."
UNKNOWN = "somebody unknown"


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What everybody used in a workspace in the last days."""

    paragraphs: tuple[str, ...]
    """It in words, in Markdown."""
    used: UsageSums
    days: range
    """Since 1970-01-01, in UTC."""


class UsageReports:
    """Reads what was used, and words it. Every method raises StoreError."""

    def __init__(
        self,
        usage: UsageStore,
        surface: Surface,
        *,
        agent: str,
        prices: Callable[[str], ModelFacts],
        limits: Sequence[DailyLimit],
        now: Callable[[], int],
    ) -> None:
        """``agent`` is what the bot is called, ``prices`` what is known of models; ``now`` tells epoch milliseconds."""
        self._usage = usage
        self._surface = surface
        self._agent = agent
        self._prices = prices
        self._limits = limits
        self._now = now

    async def own(self, where: Place, person: str) -> tuple[str, ...]:
        """What somebody used in a workspace in the last days, and what is left of today's limits: paragraphs."""
        days = self._days()
        used = await self._usage.days(where.workspace_key, since=days[0], person=person)
        sums, rest = by_day(used, days), await self._left(where, person)
        if summed(sums) == UsageTotal():
            return ("\n".join([NOTHING_OF_YOURS, *rest]),)
        free = {each.model for each in used if each.total.tokens and not each.cost}
        return "\n".join([*_in_short(YOURS, sums), *rest]), _table(days, sums), self._note(sums, free)

    async def today(self, where: Place, person: str) -> tuple[str, ...]:
        """What somebody used today in a place's workspace, and what is left of the day's limits: lines of a list."""
        used = await self._usage.days(where.workspace_key, since=self._now() // DAY, person=person)
        return _today(summed(each.total for each in used)), *await self._left(where, person)

    async def everybodys(self, where: Place) -> UsageReport | None:
        """What everybody used in a place's workspace in the last days; None if that is nothing."""
        days = self._days()
        used = await self._usage.sums(where.workspace_key, since=days[0], until=days[-1])
        if not (found := used.days()):
            return None
        sums = [found.get(day, UsageTotal()) for day in days]
        free = {model for model, total in used.models().items() if total.tokens and not total.cost}
        rankings = [part async for part in self._rankings(where, used)]
        parts = ("\n".join(_in_short(EVERYBODYS, sums)), _table(days, sums), *rankings, self._note(sums, free))
        return UsageReport(parts, used, days)

    async def _rankings(self, where: Place, used: UsageSums) -> AsyncIterator[str]:
        ids = [id_ for id_ in most_first(used.people)[:LISTED] if id_]
        people = await self._surface.people(where, ids)
        names = Names({id_: person.name for id_, person in people.items()}).by_id()
        yield ranking("People", used.people, lambda id_: plainly(names.get(id_, UNKNOWN)), listed=LISTED)
        # Direct messages are all called alike, and so are told together.
        channels = sums_by(used.channels, lambda id_: self._surface.describe(where.beside(id_)))
        yield ranking("Channels", channels, str, listed=LISTED)
        yield ranking("Agents", used.agents, self._agent_name, listed=LISTED)
        models = {model: total for model, total in used.models().items() if model}
        yield ranking("Models", models, plainly, listed=LISTED)

    async def _left(self, where: Place, person: str) -> list[str]:
        """What is left of today's limits."""
        if not self._limits:
            return []
        today = await self._usage.today(where, person)
        if today.lifted:
            return [LIFTED]
        about = [whose for whose in Whose if whose is not Whose.CHANNEL or where.channel]
        limits = {whose: [each for each in self._limits if each.whose is whose] for whose in about}
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
    yield _today(sums[-1])
    yield f"- In the last {DAYS} days: {sentence(summed(sums))}"


def _today(used: UsageTotal) -> str:
    return f"- Today: {sentence(used)}"


def _table(days: Iterable[int], sums: Iterable[UsageTotal]) -> str:
    return table(dict(zip(days, sums, strict=True)))
