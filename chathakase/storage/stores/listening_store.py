"""Until when somebody listened in each workspace, where something may have been missed, and what is known there."""

from collections.abc import Collection

from chathakase.core.types import Heard, Place, WorkspaceKey
from chathakase.storage.database import Database, Statement
from chathakase.storage.stores.place_columns import (
    HERE,
    IN_ONE_OF,
    PLACE,
    SOMEWHERE,
    columns_of,
    place_of,
    workspaces_as_json,
)

UNTIL = Statement(f"""
SELECT coalesce((SELECT min(until) FROM listened WHERE {IN_ONE_OF}),
    (SELECT max(active_at) FROM sessions WHERE {IN_ONE_OF}))
""")

NOTE = Statement("""
INSERT INTO listened (surface, workspace, until) VALUES ($1, $2, now_ms())
ON CONFLICT (surface, workspace) DO UPDATE SET until = excluded.until
""")

ACTIVE = Statement(f"""
SELECT {PLACE}, moved_at * 1000,
    (SELECT min(said) FROM messages WHERE messages.session = sessions.id),
    (SELECT max(said) FROM messages WHERE messages.session = sessions.id)
FROM sessions WHERE active_at >= $2 AND {IN_ONE_OF} AND {SOMEWHERE} AND deleting = 0 ORDER BY active_at DESC LIMIT $3
""")

# What was said elsewhere, before the session was moved, is not to be found in this thread.
KNOWN = Statement(f"""
SELECT m.ref, m.said FROM (SELECT id, moved_at FROM sessions WHERE {HERE}) s JOIN messages m ON m.session = s.id
WHERE m.role = 'user' AND (s.moved_at = 0 OR m.at > s.moved_at)
""")


class SqlListeningStore:
    """Remembers until when somebody listened (a ListeningStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def until(self, workspaces: Collection[WorkspaceKey]) -> int | None:
        """Until when somebody listened in all of some workspaces, in epoch milliseconds; None when nobody ever did."""
        (rows,) = await self._database.read(UNTIL(workspaces_as_json(workspaces)))
        return None if rows[0][0] is None else int(rows[0][0])

    async def note(self, workspaces: Collection[WorkspaceKey]) -> None:
        """Somebody listens in some workspaces now."""
        for home in workspaces:
            await self._database.write(NOTE, *home)

    async def active(self, workspaces: Collection[WorkspaceKey], *, since: int, limit: int) -> list[Heard]:
        """The sessions of some workspaces that were active since a time in epoch milliseconds, the newest first."""
        (rows,) = await self._database.read(ACTIVE(workspaces_as_json(workspaces), since, limit))
        return [
            Heard(place_of(where), max(int(first or 0), int(moved or 0)), int(last or 0))
            for *where, moved, first, last in rows
        ]

    async def known(self, place: Place) -> dict[str, int]:
        """What others than we said in a session and is not forgotten: the surface's own ids, and when it was said."""
        (rows,) = await self._database.read(KNOWN(*columns_of(place)))
        return {str(ref): int(said or 0) for ref, said in rows}
