"""Counts what is asked and what models cost, in the transaction that saves it: by session, and by day.

Where a limit of the day is near or reached, somebody is told by a job that is saved with it, and that nobody holds yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chathakase.core.daily_limits import (
    DailyLimit,
    LimitLevel,
    LimitNotice,
    Measure,
    Totals,
    UsageTotal,
    Whose,
    exceeded,
    passed,
)
from chathakase.core.errors import LimitExceeded
from chathakase.core.jobs import Command, Job
from chathakase.core.moments import DAY
from chathakase.core.types import Lease, Place, SessionId, Usage
from chathakase.core.usage import DEFAULT_AGENT, Price, unpriced
from chathakase.storage.database import Row, Statement, Transaction, Value
from chathakase.storage.stores.job_store import enqueue
from chathakase.storage.stores.place_columns import PLACE, place_of
from chathakase.storage.stores.withdrawing import decline

SPEND = Statement("""
INSERT INTO usage (session, model, prompt_tokens, completion_tokens) SELECT id, $2, $3, $4 FROM sessions WHERE id = $1
ON CONFLICT (session, model) DO UPDATE SET
    prompt_tokens = usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = usage.completion_tokens + excluded.completion_tokens
""")

TODAY = Statement(f"SELECT now_ms() / {DAY}")

# What is done in the background was caused by whoever asked last what is answered.
CAUSE = Statement(f"""
SELECT now_ms() / {DAY}, {PLACE}, coalesce(nullif($2, ''), (
    SELECT m.author FROM messages m WHERE m.session = sessions.id AND m.role = 'user' AND m.asks = 1
        AND m.seq <= sessions.answered ORDER BY m.seq DESC LIMIT 1), '')
FROM sessions WHERE id = $1
""")

RECORD = Statement("""
INSERT INTO daily_usage (
    day, surface, workspace, channel, person, agent, model,
    questions, calls, prompt_tokens, completion_tokens, cost)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (day, surface, workspace, channel, person, agent, model) DO UPDATE SET
    questions = daily_usage.questions + excluded.questions, calls = daily_usage.calls + excluded.calls,
    prompt_tokens = daily_usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = daily_usage.completion_tokens + excluded.completion_tokens,
    cost = daily_usage.cost + excluded.cost
""")

# It was to wait for an answer, and its message is not saved yet.
UNASK = Statement("""
UPDATE sessions SET asked = coalesce((SELECT max(m.seq) FROM messages m
    WHERE m.session = $1 AND m.role = 'user' AND m.asks = 1 AND m.seq > sessions.answered), answered)
WHERE id = $1
""")

TOLD_EVERY_MS = 3_600_000
"""For how long somebody is not told once more that a limit is reached."""

TELL = Statement(f"""
INSERT INTO limit_notices (surface, workspace, person, which, told_at) VALUES ($1, $2, $3, $4, now_ms())
ON CONFLICT (surface, workspace, person, which) DO UPDATE SET told_at = excluded.told_at
WHERE limit_notices.told_at <= excluded.told_at - {TOLD_EVERY_MS}
RETURNING which
""")

# Always in this order, so that two who count at once do not wait for each other.
ADD = Statement("""
INSERT INTO daily_totals (day, surface, workspace, whose, id, questions, tokens, cost)
VALUES ($1, $2, $3, 'person', $5, $6, $7, $8), ($1, $2, $3, 'channel', $4, $6, $7, $8),
    ($1, '', '', 'all', '', $6, $7, $8)
ON CONFLICT (day, surface, workspace, whose, id) DO UPDATE SET
    questions = daily_totals.questions + excluded.questions, tokens = daily_totals.tokens + excluded.tokens,
    cost = daily_totals.cost + excluded.cost
RETURNING whose, questions, tokens, cost, lifted
""")
# Each row by its key: there are as many on a day as people and channels.
TOTALS = Statement(f"""
SELECT whose, questions, tokens, cost, lifted
FROM (VALUES ($1, $2, 'channel', $3), ($1, $2, 'person', $4), ('', '', 'all', '')) wanted JOIN daily_totals
    ON day = now_ms() / {DAY} AND (surface, workspace, whose, id) = (column1, column2, column3, column4)
ORDER BY whose
""")


@dataclass(frozen=True, slots=True)
class Who:
    """Who causes something, where, and on which day."""

    day: int
    place: Place
    person: str

    @property
    def key(self) -> tuple[int, str, str, str, str]:
        """Day, surface, workspace, channel and person."""
        return self.day, self.place.surface, self.place.workspace, self.place.channel, self.person


class Meter:
    """Counts, and knows the limits."""

    def __init__(self, *, limits: Sequence[DailyLimit] = (), price: Price = unpriced) -> None:
        self._limits = limits
        self._price = price

    async def ask(self, transaction: Transaction, place: Place, person: str) -> None:
        """Count a question of somebody. Raises LimitExceeded, with nothing counted, where a limit is reached."""
        ((day,),) = await transaction.fetch(TODAY)
        who, one = Who(int(day or 0), place, person), UsageTotal(questions=1)
        totals, limits = await self._add(transaction, who, one)
        if limit := exceeded(limits, totals):
            await self._add(transaction, who, UsageTotal(questions=-1))
            raise LimitExceeded(LimitNotice(LimitLevel.EXCEEDED, limit, who.day))
        await transaction.execute(RECORD, *who.key, DEFAULT_AGENT, "", 1, 0, 0, 0, 0)
        await self._tell_passed(transaction, who, limits, totals, one)

    async def admit(self, transaction: Transaction, session: SessionId, place: Place, person: str, ref: str) -> bool:
        """Count a question that is being saved.

        Where a limit is reached, its session does not wait for it, and whoever asked is told once an hour.
        """
        try:
            await self.ask(transaction, place, person)
        except LimitExceeded as error:
            await transaction.execute(UNASK, session)
            await _tell_once_an_hour(transaction, error.notice, place, person, ref)
            return False
        return True

    async def refuses(self, transaction: Transaction, lease: Lease) -> bool:
        """Whether a turn that is taken is not to begin, since tokens or money were used up after it was asked for.

        Then whoever asked first waits for no answer any more; what others asked still does.
        """
        notice = None if lease.has_begun or not lease.by else await self._used_up(transaction, lease.place, lease.by)
        if notice is None:
            return False
        await decline(transaction, lease)
        await _tell_once_an_hour(transaction, notice, lease.place, lease.by, lease.turn)
        return True

    async def _used_up(self, transaction: Transaction, place: Place, person: str) -> LimitNotice | None:
        """The limit of tokens or money that is reached for somebody, if one is."""
        limits = [limit for limit in self._limits if limit.measure is not Measure.QUESTIONS]
        if not limits:
            return None
        rows = await transaction.fetch(TOTALS, place.surface, place.workspace, place.channel, person)
        totals = dict.fromkeys(Whose, UsageTotal()) | {Whose(str(row[0])): total_of(row[1:-1]) for row in rows}
        limit = None if any(row[-1] for row in rows) else exceeded(limits, totals)
        if limit is None:
            return None
        ((day,),) = await transaction.fetch(TODAY)
        return LimitNotice(LimitLevel.EXCEEDED, limit, int(day or 0))

    async def spend(
        self, transaction: Transaction, session: SessionId, model: str, usage: Usage, *, by: str = ""
    ) -> None:
        """Count what a call of a model cost, for its session and for the day of whoever caused it.

        That is ``by`` whom it was asked for; in the background, whoever asked last.
        """
        tokens = (usage.prompt_tokens, usage.completion_tokens)
        await transaction.execute(SPEND, session, model, *tokens)
        for row in await transaction.fetch(CAUSE, session, by):
            who, spent = _who(row), UsageTotal(tokens=sum(tokens), cost=self._price(model, usage))
            totals, limits = await self._add(transaction, who, spent)
            await transaction.execute(RECORD, *who.key, DEFAULT_AGENT, model, 0, 1, *tokens, spent.cost)
            await self._tell_passed(transaction, who, limits, totals, spent)

    async def _add(self, transaction: Transaction, who: Who, added: UsageTotal) -> tuple[Totals, Sequence[DailyLimit]]:
        """Add to the totals; returns them, with the limits that hold."""
        rows = await transaction.fetch(ADD, *who.key, added.questions, added.tokens, added.cost)
        totals = {Whose(str(whose)): total_of(counts) for whose, *counts, _ in rows}
        return totals, () if any(row[-1] for row in rows) else self._limits

    async def _tell_passed(
        self, transaction: Transaction, who: Who, limits: Sequence[DailyLimit], totals: Totals, added: UsageTotal
    ) -> None:
        """Tell whoever has just brought a limit near, or reached it; nobody else does that on the same day."""
        if not (who.person and who.place.surface):
            return
        for level, limit in passed(limits, totals, added):
            notice = LimitNotice(level, limit, who.day)
            await _enqueue(transaction, notice, who.place, who.person, f"{who.person} {notice}")


NO_LIMITS = Meter()


def total_of(counts: Sequence[Value]) -> UsageTotal:
    """Make a total of questions, tokens and cost."""
    return UsageTotal(*(int(each or 0) for each in counts))


async def _tell_once_an_hour(
    transaction: Transaction, notice: LimitNotice, place: Place, person: str, ref: str
) -> None:
    which = f"{notice} {place.channel}"
    if await transaction.fetch(TELL, place.surface, place.workspace, person, which):
        await _enqueue(transaction, notice, place, person, ref)


async def _enqueue(transaction: Transaction, notice: LimitNotice, place: Place, person: str, ref: str) -> None:
    await enqueue(transaction, Job(Command(place, ref, person, notice.level, str(notice))), held=False)


def _who(row: Row) -> Who:
    day, *where, person = row
    return Who(int(day or 0), place_of(where), str(person))
