"""Who waits for an answer, and for how long."""

from dataclasses import dataclass

from chathakase.storage.database import Database, Row, Statement
from chathakase.storage.stores.place_columns import SOMEWHERE

WAITING = Statement(f"""
SELECT count(DISTINCT id), now_ms() - min(since) FROM (
    SELECT id, coalesce(
        (SELECT min(at) FROM messages WHERE session = sessions.id AND seq > answered AND asks = 1), active_at
    ) AS since FROM sessions WHERE asked > answered AND {SOMEWHERE}
    UNION ALL
    SELECT sessions.id, active_at FROM turns JOIN sessions ON sessions.id = turns.session
    WHERE action IS NOT NULL AND {SOMEWHERE}
) AS waiting
""")
"""Who has no place to be answered at waits for nobody. Both halves have a partial index of their own, so that sessions
at rest cost nothing."""


@dataclass(frozen=True, slots=True)
class WaitingSessions:
    """How many sessions wait for an answer or get one just now, and since how many seconds the first of them."""

    turns: int
    oldest: float


async def count_waiting(database: Database) -> WaitingSessions:
    """See who waits. Raises StoreError when the database does not answer."""
    ((row,),) = await database.read(WAITING())
    return read_waiting(row)


def read_waiting(row: Row) -> WaitingSessions:
    """Read the one row of WAITING."""
    turns, longest = int(row[0] or 0), int(row[1] or 0)
    return WaitingSessions(turns, max(longest, 0) / 1000)
