"""Counts what is asked and what models cost, in the transaction that saves it: by session, and by day."""

from typing import NamedTuple

from chathakase.core.moments import DAY
from chathakase.core.types import Place, SessionId, Usage
from chathakase.core.usage import Price, unpriced
from chathakase.storage.database import Row, Statement, Transaction

AGENT = "default"
"""Who answers everywhere."""

SPEND = Statement("""
INSERT INTO usage (session, model, prompt_tokens, completion_tokens) SELECT id, $2, $3, $4 FROM sessions WHERE id = $1
ON CONFLICT (session, model) DO UPDATE SET
    prompt_tokens = usage.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = usage.completion_tokens + excluded.completion_tokens
""")

TODAY = Statement(f"SELECT now_ms() / {DAY}")

# What is done in the background was caused by whoever asked last what is answered.
CAUSE = Statement(f"""
SELECT now_ms() / {DAY}, surface, workspace, channel, coalesce(nullif($2, ''), (
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


class Who(NamedTuple):
    """Who causes something, where, and on which day."""

    day: int
    surface: str
    workspace: str
    channel: str
    person: str


class Meter:
    """Counts."""

    def __init__(self, *, price: Price = unpriced) -> None:
        self._price = price

    async def ask(self, transaction: Transaction, place: Place, person: str) -> None:
        """Count a question of somebody."""
        ((day,),) = await transaction.fetch(TODAY)
        who = Who(int(day or 0), place.surface, place.workspace, place.channel, person)
        await transaction.fetch(ADD, *who, 1, 0, 0)
        await transaction.execute(RECORD, *who, AGENT, "", 1, 0, 0, 0, 0)

    async def spend(
        self, transaction: Transaction, session: SessionId, model: str, usage: Usage, *, by: str = ""
    ) -> None:
        """Count what a call of a model cost, for its session and for the day of whoever caused it.

        That is ``by`` whom it was asked for; in the background, whoever asked last.
        """
        tokens = (usage.prompt_tokens, usage.completion_tokens)
        await transaction.execute(SPEND, session, model, *tokens)
        for row in await transaction.fetch(CAUSE, session, by):
            who, cost = _who(row), self._price(model, usage)
            await transaction.fetch(ADD, *who, 0, sum(tokens), cost)
            await transaction.execute(RECORD, *who, AGENT, model, 0, 1, *tokens, cost)


NO_LIMITS = Meter()


def _who(row: Row) -> Who:
    day, surface, workspace, channel, person = row
    return Who(int(day or 0), str(surface), str(workspace), str(channel), str(person))
