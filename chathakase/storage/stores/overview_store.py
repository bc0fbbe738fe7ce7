"""Who looks at all of their threads at once, and what they have chosen to see there."""

import json
from collections.abc import Collection, Sequence

from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState, Shown
from chathakase.core.types import SessionId, UserKey, WorkspaceKey
from chathakase.storage.database import Database, Row, Statement
from chathakase.storage.stores.place_columns import IN_ONE_OF, workspaces_as_json

OPEN = Statement("""
INSERT INTO overviews (surface, workspace, person, opened_at, state, last_lines) VALUES ($1, $2, $3, now_ms(), '', 1)
ON CONFLICT (surface, workspace, person) DO UPDATE SET opened_at = excluded.opened_at, state = ''
RETURNING state, last_lines
""")

KEEP = Statement("""
INSERT INTO overviews (surface, workspace, person, opened_at, state, last_lines) VALUES ($1, $2, $3, now_ms(), $4, $5)
ON CONFLICT (surface, workspace, person) DO UPDATE
SET opened_at = excluded.opened_at, state = excluded.state, last_lines = excluded.last_lines
""")

KEPT = Statement("SELECT state, last_lines FROM overviews WHERE surface = $1 AND workspace = $2 AND person = $3")

LATELY = f"opened_at > now_ms() - {DAY}"
"""Of a row of ``overviews``: somebody has looked at it within a day."""

WATCHING = Statement(f"SELECT surface, workspace, person FROM overviews WHERE {LATELY} AND {IN_ONE_OF}")

CONCERNED = Statement(f"""
WITH changed AS (SELECT id, surface, workspace, owner FROM sessions
    WHERE id IN (SELECT value FROM json_items($1)) AND deleting = 0 AND surface <> '')
SELECT o.surface, o.workspace, o.person FROM changed c JOIN overviews o
    ON o.surface = c.surface AND o.workspace = c.workspace AND o.person = c.owner AND o.{LATELY}
UNION SELECT o.surface, o.workspace, o.person FROM changed c JOIN participants p ON p.session = c.id JOIN overviews o
    ON o.surface = c.surface AND o.workspace = c.workspace AND o.person = p.author AND o.{LATELY}
""")

FORGET = Statement("DELETE FROM overviews WHERE surface = $1 AND workspace = $2 AND person = $3")


class SqlOverviewStore:
    """Remembers what people look at (an OverviewStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened(self, person: UserKey) -> OverviewState:
        """Note that somebody looks at their overview now; returns the first page of all, with their settings."""
        return _state(await self._database.write(OPEN, *_columns(person)))

    async def keep(self, person: UserKey, state: OverviewState) -> None:
        """Note what somebody has chosen to see, who looks at it now."""
        chosen = json.dumps(
            {
                "shown": state.shown,
                "search": state.search,
                "after": state.after,
                "page": state.page,
                "sessions_after": state.sessions_after,
            }
        )
        await self._database.write(KEEP, *_columns(person), chosen, int(state.last_lines))

    async def kept(self, person: UserKey) -> OverviewState:
        """What somebody has chosen to see."""
        (rows,) = await self._database.read(KEPT(*_columns(person)))
        return _state(rows)

    async def watching(self, workspaces: Collection[WorkspaceKey]) -> frozenset[UserKey]:
        """Who has looked at their overview within a day."""
        (rows,) = await self._database.read(WATCHING(workspaces_as_json(workspaces)))
        return _people(rows)

    async def concerned(self, sessions: Collection[SessionId]) -> frozenset[UserKey]:
        """Who of those owns one of some sessions, or took part in it."""
        (rows,) = await self._database.read(CONCERNED(json.dumps(sorted(sessions))))
        return _people(rows)


def _columns(person: UserKey) -> tuple[str, str, str]:
    workspace, id_ = person
    return *workspace, id_


def _state(rows: Sequence[Row]) -> OverviewState:
    if not rows:
        return OverviewState()
    ((state, last_lines),) = rows
    chosen = json.loads(str(state)) if state else {}
    return OverviewState(**chosen | {"shown": Shown(chosen.get("shown", Shown.ACTIVE))}, last_lines=bool(last_lines))


def _people(rows: Sequence[Row]) -> frozenset[UserKey]:
    return frozenset((WorkspaceKey(str(surface), str(workspace)), str(person)) for surface, workspace, person in rows)
