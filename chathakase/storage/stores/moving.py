"""How a session comes to another place, or to none."""

from chathakase.core.types import Place, SessionId
from chathakase.storage.database import Statement, Transaction
from chathakase.storage.stores.place_columns import HERE, NOWHERE, PLACE, SOMEWHERE, columns_of

NO_OTHER = f"deleting = 0 AND NOT EXISTS (SELECT 1 FROM sessions o WHERE {HERE} AND o.id <> sessions.id)"
"""Of a row of ``sessions``: it may be at the place that the first four parameters tell."""

STAYS = Statement(f"SELECT 1 FROM sessions WHERE {HERE} AND id = $5 AND deleting = 0")

# What is delivered again at the old place is not taken for new there.
LEAVE = Statement(f"""
INSERT INTO tombstones ({PLACE}, said, at)
SELECT {PLACE}, (SELECT max(said) FROM messages WHERE session = sessions.id), now_ms() FROM sessions
WHERE id = $5 AND {SOMEWHERE} AND {NO_OTHER} AND EXISTS (SELECT 1 FROM messages WHERE session = sessions.id)
ON CONFLICT ({PLACE}) DO UPDATE SET
    said = greatest(tombstones.said, excluded.said), at = greatest(tombstones.at, excluded.at)
""")

MOVE = Statement(f"""
UPDATE sessions SET surface = $1, workspace = $2, channel = $3, thread = $4, moved_at = now_ms()
WHERE id = $5 AND {NO_OTHER}
""")

# The messages of its answers are at the old place.
WRITTEN_ELSEWHERE = Statement("UPDATE turns SET reply_refs = '[]' WHERE session = $1")


async def move(transaction: Transaction, session: SessionId, place: Place | None) -> bool | None:
    """Move a session with all that it remembers; False, and nothing changed, where another one is there already.

    None where it is there itself.
    """
    columns = columns_of(place) if place else NOWHERE
    if await transaction.fetch(STAYS, *columns, session):
        return None
    await transaction.execute(LEAVE, *columns, session)
    if not await transaction.execute(MOVE, *columns, session):
        return False
    await transaction.execute(WRITTEN_ELSEWHERE, session)
    return True
