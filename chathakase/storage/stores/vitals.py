"""Who waits for an answer, and for how long."""

from dataclasses import dataclass

from chathakase.storage.database import Database, Row

WAITING = """
SELECT count(DISTINCT id), min(since) FROM (
    SELECT id, coalesce(
        (SELECT min(at) FROM messages WHERE session = sessions.id AND seq > answered AND asks = 1), active_at
    ) AS since FROM sessions WHERE asked > answered
    UNION ALL
    SELECT sessions.id, active_at FROM turns JOIN sessions ON sessions.id = turns.session WHERE wish IS NOT NULL
) AS waiting
"""
"""Both halves have a partial index of their own, so that sessions at rest cost nothing."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many sessions wait for an answer or get one just now, and since how many seconds the first of them."""

    turns: int
    oldest: float


async def count_waiting(database: Database, *, now: int) -> Waiting:
    """See who waits, at a time in epoch milliseconds. Raises StoreError when the database does not answer."""
    (row,) = await database.fetch(WAITING)
    return read_waiting(row, now)


def read_waiting(row: Row, now: int) -> Waiting:
    """Read the one row of WAITING."""
    turns, since = int(row[0] or 0), int(row[1] or 0)
    return Waiting(turns, max(now - since, 0) / 1000 if turns else 0.0)
