"""How many open sessions one person may own: beyond that, those that idled longest are archived."""

from chathakase.core.types import Place, SessionId
from chathakase.storage.database import Statement, Transaction
from chathakase.storage.stores.place_columns import PLACE, place_if_any
from chathakase.storage.stores.waiting import WAITS, free

AT_ONCE = 20
"""How many are archived when one more is opened; more than one only after fewer are allowed than before."""

OWNED = """
FROM sessions WHERE (surface, workspace, owner) = (SELECT surface, workspace, owner FROM sessions AS o WHERE o.id = $1)
    AND owner <> '' AND archived_at IS NULL AND deleting = 0
"""

ARCHIVE_BEYOND = Statement(f"""
UPDATE sessions SET archived_at = now_ms() WHERE id IN (
    SELECT id {OWNED} AND id <> $1 AND NOT {WAITS} AND {free()}
    ORDER BY active_at LIMIT least({AT_ONCE}, greatest(0, (SELECT count(*) {OWNED}) - $2)))
RETURNING id, {PLACE}
""")


async def archive_beyond(
    transaction: Transaction, opened: SessionId, most: int
) -> list[tuple[SessionId, Place | None]]:
    """Archive what the owner of a session that was just opened has beyond ``most``; tells which.

    Never one in which something waits or is being answered: it counts, and is archived when it idles.
    """
    rows = await transaction.fetch(ARCHIVE_BEYOND, opened, most)
    return [(SessionId(str(id_)), place_if_any(where)) for id_, *where in rows]
