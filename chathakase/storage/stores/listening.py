"""Until when this database was listened for, in which sessions something may have been missed, and what they know."""

from chathakase.core.types import Heard, Place
from chathakase.storage.database import Database, Statement
from chathakase.storage.stores.places import HERE, PLACE, SOMEWHERE, columns_of, place_of

UNTIL = Statement("SELECT coalesce((SELECT until FROM listened), (SELECT max(active_at) FROM sessions))")

NOTE = Statement(
    "INSERT INTO listened (id, until) VALUES (1, now_ms()) ON CONFLICT (id) DO UPDATE SET until = excluded.until"
)

ACTIVE = Statement(f"""
SELECT {PLACE}, moved_at * 1000,
    (SELECT min(said) FROM messages WHERE messages.session = sessions.id),
    (SELECT max(said) FROM messages WHERE messages.session = sessions.id)
FROM sessions WHERE active_at >= $1 AND {SOMEWHERE} AND doomed = 0 ORDER BY active_at DESC LIMIT $2
""")

# What was said elsewhere, before the session was moved, is not to be found in this thread.
KNOWN = Statement(f"""
SELECT m.ref, m.said FROM (SELECT id, moved_at FROM sessions WHERE {HERE}) s JOIN messages m ON m.session = s.id
WHERE m.role = 'user' AND (s.moved_at = 0 OR m.at > s.moved_at)
""")


class Listening:
    """Remembers until when somebody listened (a ListeningStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def until(self) -> int | None:
        """When somebody last listened, in epoch milliseconds; None when nobody ever did."""
        (rows,) = await self._database.read(UNTIL())
        return None if rows[0][0] is None else int(rows[0][0])

    async def note(self) -> None:
        """Somebody listens now."""
        await self._database.write(NOTE)

    async def active(self, *, since: int, limit: int) -> list[Heard]:
        """The sessions that were active since a time in epoch milliseconds, the most recent first."""
        (rows,) = await self._database.read(ACTIVE(since, limit))
        return [
            Heard(place_of(where), max(int(first or 0), int(moved or 0)), int(last or 0))
            for *where, moved, first, last in rows
        ]

    async def known(self, place: Place) -> dict[str, int]:
        """What others than we said in a session and is not forgotten: the surface's own ids, and when it was said."""
        (rows,) = await self._database.read(KNOWN(*columns_of(place)))
        return {str(ref): int(said or 0) for ref, said in rows}
