"""All sessions of a workspace, as admins see them: by ids and counts alone."""

import re
from collections.abc import Sequence

from chathakase.core.overview import AdminSession, AdminSessionsPage
from chathakase.core.types import SessionId, WorkspaceKey
from chathakase.storage.database import Database, Row, Statement
from chathakase.storage.stores.place_columns import SOMEWHERE, place_if_any, where_is
from chathakase.storage.stores.waiting import WAITS, free

HERE = f"surface = $1 AND workspace = $2 AND {SOMEWHERE}"

OF_THIS = f"surface || ' ' || workspace = $1 || ' ' || $2 AND {SOMEWHERE}"
"""The same where another index than that of places is to serve, which knows no order."""

BEHIND = f"{OF_THIS} AND deleting = 0 AND active_at <= $3 AND (active_at < $3 OR id < $4)"
"""Of a row of ``sessions``: it is behind a place in the list, and can be seen."""

# Each half has an index of its own, in whose order it is read, no further than to the last that is told.
PAGE = Statement(f"""
SELECT sessions.id, {where_is("sessions")}, owner, message_count, sessions.active_at, {WAITS} OR NOT {free()},
    (SELECT count(*) FROM participants WHERE participants.session = sessions.id)
FROM (
    SELECT id, active_at FROM sessions WHERE archived_at IS NULL AND {BEHIND}
    UNION ALL SELECT id, active_at FROM sessions WHERE archived_at IS NOT NULL AND {BEHIND}
    ORDER BY active_at DESC, id DESC LIMIT $5
) newest JOIN sessions ON sessions.id = newest.id
ORDER BY newest.active_at DESC, newest.id DESC
""")

# By two indexes, so that no session is looked at.
TOTAL = Statement(f"""
SELECT (SELECT count(*) FROM sessions WHERE {HERE}) - (SELECT count(*) FROM sessions WHERE deleting = 1 AND {OF_THIS})
""")

BEGINNING = (1 << 62, "")
"""Before all of them."""

POSITION = re.compile(r"([0-9]{1,18})\.(.+)")
"""Where a page ends, as it tells it: when its last session was active, and which one that is."""


class SqlAdminStore:
    """Tells what there is (an AdminStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sessions(self, workspace: WorkspaceKey, *, limit: int, after: str = "") -> AdminSessionsPage:
        """The sessions at places of a workspace, the most recently active first, at most ``limit``."""
        told = POSITION.fullmatch(after)
        behind = (int(told[1]), told[2]) if told else BEGINNING
        rows, ((total,),) = await self._database.read(PAGE(*workspace, *behind, limit + 1), TOTAL(*workspace))
        return _page([_session(row) for row in rows], int(total or 0), limit)


def _page(sessions: Sequence[AdminSession], total: int, limit: int) -> AdminSessionsPage:
    shown = tuple(sessions[:limit])
    return AdminSessionsPage(shown, total, f"{shown[-1].active}.{shown[-1].session}" if sessions[limit:] else "")


def _session(row: Row) -> AdminSession:
    id_, *where, owner, messages, active, busy, people = row
    return AdminSession(
        session=SessionId(str(id_)),
        place=place_if_any(where),
        owner=str(owner),
        messages=int(messages or 0),
        people=int(people or 0),
        active=int(active or 0),
        busy=bool(busy),
    )
