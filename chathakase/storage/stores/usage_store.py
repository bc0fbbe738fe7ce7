"""How much was used on each day."""

from chathakase.core.daily_limits import Whose
from chathakase.core.jobs import Job
from chathakase.core.moments import DAY
from chathakase.core.types import Place, WorkspaceKey
from chathakase.core.usage import DailyUsage, UsageSums, UsedToday
from chathakase.storage.database import Database, Row, Statement, Transaction
from chathakase.storage.stores.job_store import THIS, key_of
from chathakase.storage.stores.metering import NO_LIMITS, TOTALS, Meter, total_of
from chathakase.storage.stores.pruning import prune_in_batches

COUNTS = "day, channel, person, agent, model, questions, calls, prompt_tokens, completion_tokens, cost"
TOTAL = "sum(questions), sum(prompt_tokens + completion_tokens), sum(cost)"

DAYS = Statement(f"""
SELECT {COUNTS} FROM daily_usage WHERE surface = $1 AND workspace = $2 AND person = $3 AND day >= $4
ORDER BY day, channel, agent, model
""")

# Not by the index of persons, which has all days of the workspace.
SUMS = f"""
SELECT {{by}}, {TOTAL} FROM daily_usage
WHERE day >= $3 AND day <= $4 AND surface || ' ' || workspace = $1 || ' ' || $2
GROUP BY {{by}}
"""
SUMS_OF_DAYS = Statement(SUMS.format(by="day, model"))
SUMS_OF_PEOPLE = Statement(SUMS.format(by="person"))
SUMS_OF_CHANNELS = Statement(SUMS.format(by="channel"))
SUMS_OF_AGENTS = Statement(SUMS.format(by="agent"))

KEPT_DAYS = 400
"""How long it is known what was used: a year to compare with, and some weeks."""
TOTALS_KEPT_DAYS = 2
"""How long sums are kept that are limited; yesterday's are of no use but to whoever looks at them just at midnight."""

# With the day first, SQLite would look through all of that day each time.
KEY = "surface, workspace, channel, person, agent, model, day"

PRUNE = Statement(f"""
DELETE FROM daily_usage WHERE ({KEY}) IN
    (SELECT {KEY} FROM daily_usage WHERE day < now_ms() / {DAY} - {KEPT_DAYS} LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING day
""")

TOTALS_KEY = "surface, workspace, whose, id, day"

PRUNE_TOTALS = Statement(f"""
DELETE FROM daily_totals WHERE ({TOTALS_KEY}) IN
    (SELECT {TOTALS_KEY} FROM daily_totals WHERE day < now_ms() / {DAY} - {TOTALS_KEPT_DAYS}
        LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING day
""")

PRUNE_NOTICES = Statement(f"""
DELETE FROM limit_notices WHERE (surface, workspace, person, which) IN
    (SELECT surface, workspace, person, which FROM limit_notices WHERE told_at < now_ms() - {TOTALS_KEPT_DAYS * DAY}
        LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING which
""")

COUNT = Statement(f"UPDATE jobs SET counted = 1 WHERE {THIS} AND counted = 0")

LIFT = Statement(f"""
INSERT INTO daily_totals (day, surface, workspace, whose, id, lifted) VALUES (now_ms() / {DAY}, $1, $2, 'person', $3, 1)
ON CONFLICT (day, surface, workspace, whose, id) DO UPDATE SET lifted = 1
RETURNING day
""")


class SqlUsageStore:
    """Remembers how much was used on each day (a UsageStore)."""

    def __init__(self, database: Database, *, meter: Meter = NO_LIMITS) -> None:
        """``meter`` counts questions."""
        self._database = database
        self._meter = meter

    async def days(self, workspace: WorkspaceKey, *, since: int, person: str) -> list[DailyUsage]:
        """What one person used in a workspace since a day, the oldest first."""
        (rows,) = await self._database.read(DAYS(*workspace, person, since))
        return [_usage(row) for row in rows]

    async def sums(self, workspace: WorkspaceKey, *, since: int, until: int) -> UsageSums:
        """What everybody used in a workspace from one day to another, both included."""
        by = (SUMS_OF_DAYS, SUMS_OF_PEOPLE, SUMS_OF_CHANNELS, SUMS_OF_AGENTS)
        days, *others = await self._database.read(*(each(*workspace, since, until) for each in by))
        return UsageSums(
            {(int(day or 0), str(model)): total_of(counts) for day, model, *counts in days},
            *({str(key): total_of(counts) for key, *counts in rows} for rows in others),
        )

    async def ask(self, job: Job) -> None:
        """Count as a question, however often it is tried, a job that has a model called. Raises LimitExceeded."""
        place, person = job.task.where, job.task.by

        async def count(transaction: Transaction) -> None:
            if await transaction.execute(COUNT, *key_of(job)):
                await self._meter.ask(transaction, place, person)

        await self._database.session(place, count)

    async def today(self, place: Place, person: str) -> UsedToday:
        """How much was used today by a person, in a place's channel, and in all."""
        (rows,) = await self._database.read(TOTALS(place.surface, place.workspace, place.channel, person))
        totals = {Whose(str(whose)): total_of(counts) for whose, *counts, _ in rows}
        return UsedToday(totals, lifted=any(row[-1] for row in rows))

    async def lift(self, place: Place, person: str) -> int:
        """Have no limit hold for somebody in a place's workspace until the day ends; returns the day."""
        ((day,),) = await self._database.write(LIFT, place.surface, place.workspace, person)
        return int(day or 0)

    async def prune(self) -> int:
        """Delete what is older than it may get, in small transactions; returns how many rows."""
        return sum([await prune_in_batches(self._database, each) for each in (PRUNE, PRUNE_TOTALS, PRUNE_NOTICES)])


def _usage(row: Row) -> DailyUsage:
    day, channel, person, agent, model, *counts = row
    questions, calls, read, written, cost = (int(each or 0) for each in counts)
    who = (int(day or 0), str(channel), str(person), str(agent), str(model))
    return DailyUsage(*who, questions, calls, read, written, cost)
