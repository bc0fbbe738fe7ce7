"""What is asked and what models cost, counted in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from chathakase.core.daily_limits import (
    DailyLimit,
    LimitLevel,
    LimitNotice,
    Measure,
    UsageTotal,
    Whose,
    exceeded,
    passed,
)
from chathakase.core.errors import LimitExceeded
from chathakase.core.jobs import Job
from chathakase.core.moments import DAY
from chathakase.core.ports import UsageStore
from chathakase.core.types import Place, Usage, WorkspaceKey
from chathakase.core.usage import DEFAULT_AGENT, DailyUsage, UsageSums, UsedToday, summed

NOTHING = (0, 0, 0, 0, 0)
T = TypeVar("T")
TOLD_EVERY_MS = 3_600_000

Tell = Callable[[LimitNotice, Place, str, str], None]
"""Has somebody told of a limit, by a job with a ref."""


def price(model: str, usage: Usage) -> int:
    """Ten millionths of a dollar for each token."""
    return 10 * (usage.prompt_tokens + usage.completion_tokens)


class MeterInMemory(UsageStore):
    """Counts, and remembers it."""

    def __init__(self, clock: Callable[[], int], tell: Tell, *, limits: Sequence[DailyLimit] = ()) -> None:
        self._clock = clock
        self._tell = tell
        self._limits = limits
        self._used: dict[tuple[WorkspaceKey, int, str, str, str], DailyUsage] = {}
        """By workspace, day, channel, person and model."""
        self._lifted: set[tuple[int, WorkspaceKey, str]] = set()
        self._told: dict[tuple[WorkspaceKey, str, str], int] = {}
        self._jobs: set[tuple[WorkspaceKey, str]] = set()
        """Those that are counted as questions."""

    @property
    def _day(self) -> int:
        return self._clock() // DAY

    def count_question(self, place: Place, person: str) -> None:
        """Count a question of somebody. Raises LimitExceeded."""
        limits, one = self._holding(place, person), UsageTotal(questions=1)
        totals = {whose: summed((total, one)) for whose, total in self._totals(place, person).items()}
        if limit := exceeded(limits, totals):
            raise LimitExceeded(LimitNotice(LimitLevel.EXCEEDED, limit, self._day))
        self._add(place, person, "", questions=1)
        self._tell_passed(place, person, one)

    def admit(self, place: Place, person: str, ref: str) -> bool:
        """Count a question that is being saved; where a limit is reached, whoever asked is told once an hour."""
        try:
            self.count_question(place, person)
        except LimitExceeded as error:
            self._tell_once_an_hour(error.notice, place, person, ref)
            return False
        return True

    def is_spent(self, place: Place, person: str, *, ref: str) -> bool:
        """Whether somebody has used up tokens or money, of which they are told."""
        limits = [limit for limit in self._holding(place, person) if limit.measure is not Measure.QUESTIONS]
        limit = exceeded(limits, self._totals(place, person))
        if limit is not None:
            self._tell_once_an_hour(LimitNotice(LimitLevel.EXCEEDED, limit, self._day), place, person, ref)
        return limit is not None

    def _tell_once_an_hour(self, notice: LimitNotice, place: Place, person: str, ref: str) -> None:
        key, now = (place.workspace_key, person, f"{notice} {place.channel}"), self._clock()
        if self._told.get(key, now - TOLD_EVERY_MS) <= now - TOLD_EVERY_MS:
            self._told[key] = now
            self._tell(notice, place, person, ref)

    def spend(self, place: Place, person: str, model: str, usage: Usage) -> None:
        """Count what a call of a model cost."""
        read, written, cost = usage.prompt_tokens, usage.completion_tokens, price(model, usage)
        self._add(place, person, model, calls=1, prompt_tokens=read, completion_tokens=written, cost=cost)
        self._tell_passed(place, person, UsageTotal(tokens=read + written, cost=cost))

    def _holding(self, place: Place, person: str) -> Sequence[DailyLimit]:
        return () if (self._day, place.workspace_key, person) in self._lifted else self._limits

    def _tell_passed(self, place: Place, person: str, added: UsageTotal) -> None:
        for level, limit in passed(self._holding(place, person), self._totals(place, person), added):
            notice = LimitNotice(level, limit, self._day)
            if person:
                self._tell(notice, place, person, f"{person} {notice}")

    def _totals(self, place: Place, person: str) -> dict[Whose, UsageTotal]:
        totals = dict.fromkeys(Whose, UsageTotal())
        for (workspace, day, channel, whose, _), each in self._used.items():
            here = day == self._day and workspace == place.workspace_key
            belongs = {Whose.PERSON: here and whose == person, Whose.CHANNEL: here and channel == place.channel}
            for which in Whose:
                if belongs.get(which, day == self._day):
                    totals[which] = summed((totals[which], each.total))
        return totals

    def _add(self, place: Place, person: str, model: str, **counts: int) -> None:
        key = (place.workspace_key, self._day, place.channel, person, model)
        known = self._used.get(key) or DailyUsage(self._day, place.channel, person, DEFAULT_AGENT, model, *NOTHING)
        added = {name: getattr(known, name) + count for name, count in counts.items()}
        self._used[key] = replace(known, **added)

    async def days(self, workspace: WorkspaceKey, *, since: int, person: str) -> list[DailyUsage]:
        used = [each for each in self._since(workspace, since) if each.person == person]
        return sorted(used, key=lambda each: (each.day, each.channel, each.model))

    def _since(self, workspace: WorkspaceKey, since: int) -> list[DailyUsage]:
        return [each for (where, day, *_), each in self._used.items() if where == workspace and day >= since]

    async def ask(self, job: Job) -> None:
        if job.key not in self._jobs:
            self.count_question(job.task.where, job.task.by)
            self._jobs.add(job.key)

    async def today(self, place: Place, person: str) -> UsedToday:
        totals = {whose: total for whose, total in self._totals(place, person).items() if total != UsageTotal()}
        return UsedToday(totals, lifted=(self._day, place.workspace_key, person) in self._lifted)

    async def lift(self, place: Place, person: str) -> int:
        self._lifted.add((self._day, place.workspace_key, person))
        return self._day

    async def sums(self, workspace: WorkspaceKey, *, since: int, until: int) -> UsageSums:
        used = [each for each in self._since(workspace, since) if each.day <= until]

        def by(key: Callable[[DailyUsage], T]) -> dict[T, UsageTotal]:
            return {each: summed(one.total for one in used if key(one) == each) for each in map(key, used)}

        return UsageSums(
            by(lambda each: (each.day, each.model)),
            by(lambda each: each.person),
            by(lambda each: each.channel),
            by(lambda each: each.agent),
        )

    async def prune(self) -> int:
        raise NotImplementedError
