"""Summaries: what stands for the beginning of a long conversation, and what is to be summed up next."""

import json
from collections.abc import Sequence
from dataclasses import replace

from chathakase.core.memory import Memory, Summary
from chathakase.core.types import Role, SessionId, StoredMessage, Usage
from chathakase.storage.database import Database, Row, Snapshot, Statement, Transaction, Value
from chathakase.storage.stores.message_rows import COLUMNS, SPEAKERS, SPOKEN, read
from chathakase.storage.stores.metering import NO_LIMITS, Meter

CURRENT = Statement(f"""
SELECT s.generation, {SPEAKERS}, m.text, m.upto, m.messages, m.model, m.version
FROM sessions s LEFT JOIN summaries m ON m.session = s.id WHERE s.id = $1
""")

# What waits for an answer, at first or again, is not told before it has one.
UNANSWERED = Statement("""
SELECT min(m.said) FROM messages m JOIN sessions s ON s.id = m.session
WHERE m.session = $1 AND m.role = 'user' AND m.asks = 1 AND m.seq > coalesce(
    (SELECT max(e.upto) FROM turns e WHERE e.session = $1 AND e.upto <
        (SELECT min(t.upto) FROM turns t WHERE t.session = $1 AND (t.action IS NOT NULL OR t.id = s.turn))),
    CASE WHEN EXISTS (SELECT 1 FROM turns t WHERE t.session = $1 AND (t.action IS NOT NULL OR t.id = s.turn)) THEN 0
    ELSE s.answered END)
""")

OLDEST = Statement(f"""
SELECT {COLUMNS} FROM messages WHERE session = $1 AND {SPOKEN} AND said > $2 ORDER BY said, seq
LIMIT least($3, greatest(0, (SELECT count(*) FROM messages WHERE session = $1 AND {SPOKEN} AND said > $2) - $4))
""")

REPLACE = Statement("""
INSERT INTO summaries (session, text, upto, messages, model, version, at)
SELECT id, $3, $4, $5, $6, generation + 1, now_ms() FROM sessions WHERE id = $1 AND generation = $2
ON CONFLICT (session) DO UPDATE SET
    text = excluded.text, upto = excluded.upto, messages = excluded.messages, model = excluded.model,
    version = excluded.version, at = excluded.at
""")

# A summary is stale when anything is that it covers; what is being made just now may cover anything.
INVALIDATE = Statement("DELETE FROM summaries WHERE session = $1 AND upto >= $2")
NEXT_GENERATION = Statement("UPDATE sessions SET generation = generation + 1 WHERE id = $1")


class SqlSummaryStore:
    """Remembers summaries (a SummaryStore)."""

    def __init__(self, database: Database, *, meter: Meter = NO_LIMITS) -> None:
        """``meter`` counts what models cost."""
        self._database = database
        self._meter = meter

    async def to_summarise(self, session: SessionId, *, keep: int, limit: int) -> Memory:
        """What comes behind the summary that there is, oldest first, without the newest ``keep`` messages.

        At most ``limit`` messages; never a question without its answer, nothing that waits for one, nor what was said
        after that.
        """

        async def look(snapshot: Snapshot) -> Memory:
            now = _without_messages(await snapshot.fetch(CURRENT, session))
            ((waits,),) = await snapshot.fetch(UNANSWERED, session)
            upto = now.summary.upto if now.summary else -1
            rows = await snapshot.fetch(OLDEST, session, upto, limit, keep)
            before = [row for row in rows if waits is None or int(row[6] or 0) < int(waits)]
            messages = _without_a_question_at_the_end(await read(snapshot, before))
            return replace(now, messages=tuple(messages))

        return await self._database.view(look)

    async def summarised(
        self, session: SessionId, summary: Summary, *, instead_of: Memory, usage: Usage, by: str = ""
    ) -> bool:
        """Replace the summary in what ``to_summarise`` gave; False, and nothing saved, when that is stale.

        What it cost counts in any case, for ``by`` whom it was asked for, or for whoever asked last.
        """
        about = (summary.text, summary.upto, summary.messages, summary.model)

        async def save(transaction: Transaction) -> bool:
            await self._meter.spend(transaction, session, summary.model, usage, by=by)
            saved = bool(await transaction.execute(REPLACE, session, instead_of.generation, *about))
            if saved:
                await transaction.execute(NEXT_GENERATION, session)
            return saved

        return await self._database.session(session, save)

    async def spent(self, session: SessionId, model: str, usage: Usage, *, by: str) -> None:
        """Count what a summary cost that is told to somebody and not kept."""
        await self._database.session(
            session, lambda transaction: self._meter.spend(transaction, session, model, usage, by=by)
        )


def _without_messages(rows: Sequence[Row]) -> Memory:
    if not rows:
        return Memory(())
    generation, people, *summary = rows[0]
    speakers = tuple(json.loads(str(people)))
    return Memory((), summary=summary_of(summary), generation=int(generation or 0), people=speakers)


def summary_of(columns: Sequence[Value]) -> Summary | None:
    """Make a summary of text, upto, messages, model and version, all of which are NULL where there is none."""
    text, upto, messages, model, version = columns
    if text is None:
        return None
    return Summary(str(text), int(upto or 0), int(messages or 0), str(model), int(version or 0))


async def invalidate(transaction: Transaction, session: SessionId, said: int) -> None:
    """Drop a summary that may tell of what was said at a time, and have none saved that is being made just now."""
    await transaction.execute(INVALIDATE, session, said)
    await transaction.execute(NEXT_GENERATION, session)


def _without_a_question_at_the_end(messages: list[StoredMessage]) -> list[StoredMessage]:
    """All but a last message whose answer may come next: it counts as said at the same time, and would be missed."""
    return messages[:-1] if messages and messages[-1].role is not Role.ASSISTANT else messages
