"""Who owns a session, and how many open ones a person may own: beyond that, those that idled longest are archived."""

from chathakase import log_events
from chathakase.core.memory import Archived
from chathakase.core.types import SessionId
from chathakase.storage.database import Statement, Transaction
from chathakase.storage.stores.place_columns import PLACE, place_if_any
from chathakase.storage.stores.waiting import WAITS, free

AT_ONCE = 20
"""How many are archived when one more is opened; more than one only after fewer are allowed than before."""

OWN = Statement("UPDATE sessions SET owner = $2 WHERE id = $1 AND owner = ''")

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


class Ownership:
    """Knows whose a session is, who asked the first question in it, and how many open ones a person may own."""

    def __init__(self, most: int = 0) -> None:
        """``most`` is how many open sessions a person may own; 0: any number."""
        self._most = most

    async def opened(self, transaction: Transaction, session: SessionId, *, owner: str = "") -> Archived:
        """Archive what somebody has beyond what they may now that a session of theirs is open; tells which.

        ``owner`` owns it from now on, if nobody does yet. Never one in which something waits or is being answered: it
        counts, and is archived when it idles.
        """
        if owner:
            await transaction.execute(OWN, session, owner)
        if not self._most:
            return ()
        rows = await transaction.fetch(ARCHIVE_BEYOND, session, self._most)
        return [(SessionId(str(id_)), place_if_any(where)) for id_, *where in rows]


def tell_archived(archived: Archived) -> None:
    """Tell the log what was archived, once that is committed."""
    for session, place in archived:
        log_events.session_archived(session, place)


NO_MATTER_HOW_MANY = Ownership()
"""Everybody may own any number."""
