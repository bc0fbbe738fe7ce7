"""How idle sessions expire, and how what is old is deleted: bit by bit, so that no turn waits long for the writer."""

import json
from collections.abc import Callable
from itertools import count

from chathakase.core.ports import SearchIndex
from chathakase.core.types import Expiry, ExpiryMode
from chathakase.storage.database import Database, Value
from chathakase.storage.stores.errands import forget_done
from chathakase.storage.stores.pace import Pace
from chathakase.storage.stores.places import PLACE, where_is
from chathakase.storage.stores.waiting import WAITS, free


def idle(since: str, now: str) -> str:
    """Of a row of ``sessions``: nothing happened since a time, nothing waits, and nobody is at work."""
    return f"active_at < {since} AND NOT {WAITS} AND {free(now)} AND doomed = 0"


IDLE = idle("$1", "$2")

ARCHIVE = f"""
UPDATE sessions SET archived_at = $2
WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NULL LIMIT $3)
"""

# As far as anybody can see the session is gone by that; its rows follow.
DOOM = f"""
UPDATE sessions SET doomed = 1, archived_at = $2 WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND {{}} LIMIT $3)
RETURNING id
"""

REMEMBER_GONE = f"""
INSERT INTO gone ({PLACE}, said, at)
SELECT {where_is("s")}, (SELECT max(said) FROM messages WHERE session = s.id), $2
FROM json_each($1) each JOIN sessions s ON s.id = each.value
WHERE s.surface <> '' AND EXISTS (SELECT 1 FROM messages WHERE session = s.id)
ON CONFLICT ({PLACE}) DO UPDATE SET said = excluded.said, at = excluded.at
"""

FORGET_ERRANDS = "DELETE FROM errands WHERE session IN (SELECT value FROM json_each($1))"

FORGET_GONE = f"DELETE FROM gone WHERE ({PLACE}) IN (SELECT {PLACE} FROM gone WHERE at < $1 LIMIT 100)"

DOOMED = "SELECT 1 FROM sessions WHERE doomed = 1 LIMIT 1"

# A few at a time, so that nobody looks again and again through those of which nothing is left.
NEXT = "SELECT id FROM sessions WHERE doomed = 1 AND ($2 = '' OR id = $2) ORDER BY id LIMIT 5"

BURY_MESSAGES = f"""
DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE session IN ({NEXT}) LIMIT $1)
"""

BURY_TURNS = f"""
DELETE FROM turns WHERE id IN (SELECT id FROM turns WHERE session IN ({NEXT}) LIMIT $1)
"""

BURY_SESSIONS = f"""
DELETE FROM sessions WHERE id IN
    (SELECT s.id FROM sessions s WHERE s.id IN ({NEXT})
        AND NOT EXISTS (SELECT 1 FROM messages WHERE session = s.id)
        AND NOT EXISTS (SELECT 1 FROM turns WHERE session = s.id)
    LIMIT $1)
"""

GONE_MS = 86_400_000
"""How long it is known that a session is gone. Slack delivers an event again for about six minutes, and what was missed
while away is looked for within a day."""

SESSIONS, MOST_SESSIONS = 50, 1_000
"""How many sessions expire in one transaction at least, and at most."""
MESSAGES, MOST_MESSAGES = 2, 100
"""How many rows are deleted in one transaction at least, and at most; each message is taken out of an index."""

MERGE_AFTER = 16
"""Batches of deletions, each of which adds a part to an index of words."""


class Expiring:
    """Has idle sessions expire, and deletes what is old."""

    def __init__(self, database: Database, index: SearchIndex, *, expiry: Expiry, now: Callable[[], int]) -> None:
        self._database = database
        self._index = index
        self.expiry = expiry
        self._now = now

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""
        if self.expiry.mode is ExpiryMode.ARCHIVE:
            return await self._archive()
        expired = await self._doom(self.expiry.after, "archived_at IS NULL")
        await self.bury()
        return expired

    async def prune(self, *, idle: int) -> int:
        """Delete every row of sessions that were idle for so many milliseconds, in small transactions; how many.

        What was taken out of the index of words before is dropped from it for good.
        """
        async with self._database.transaction() as transaction:
            await forget_done(transaction, now=self._now())
        pruned = await self._doom(idle, "archived_at IS NOT NULL") + await self._doom(idle, "archived_at IS NULL")
        await self.bury()
        await self._index.sweep()
        # Of the index, too; where somebody reads from the log just now, the next time.
        await self._database.empty_log()
        return pruned

    async def delete_if_idle(self, session_id: str) -> None:
        """Delete a session that is idle, if idle sessions are deleted, or whose deletion was begun."""
        if self.expiry.mode is ExpiryMode.DELETE:
            await self._doom(self.expiry.after, "id = $4", session_id)
        await self.bury(session_id)

    async def bury(self, session_id: str = "") -> None:
        """Delete the rows of sessions, or of one session, whose deletion was begun."""
        pace = Pace(self._database, MESSAGES, most=MOST_MESSAGES)
        for batch in count(1):
            if not await self._database.fetch(DOOMED):
                return
            deleted = 0
            async with pace.transaction() as (transaction, most):
                for sql in (BURY_MESSAGES, BURY_TURNS, BURY_SESSIONS):
                    if deleted < most:
                        deleted += await transaction.execute(sql, most - deleted, session_id)
                await transaction.execute(FORGET_GONE, self._now() - GONE_MS)
            if not deleted:
                return
            if batch % MERGE_AFTER == 0:
                await self._index.merge()

    async def _archive(self) -> int:
        archived, pace = 0, Pace(self._database, SESSIONS, most=MOST_SESSIONS)
        while True:
            now = self._now()
            async with pace.transaction() as (transaction, most):
                batch = await transaction.execute(ARCHIVE, now - self.expiry.after, now, most)
            archived += batch
            if batch < most:
                return archived

    async def _doom(self, idle: int, which: str, *values: Value) -> int:
        """Begin the deletion of idle sessions; all that is kept is until when they had heard everything."""
        doomed, pace = 0, Pace(self._database, SESSIONS, most=MOST_SESSIONS)
        while True:
            now = self._now()
            async with pace.transaction() as (transaction, most):
                rows = await transaction.fetch(DOOM.format(which), now - idle, now, most, *values)
                ids = json.dumps([row[0] for row in rows])
                await transaction.execute(REMEMBER_GONE, ids, now)
                await transaction.execute(FORGET_ERRANDS, ids)
            doomed += len(rows)
            if len(rows) < most:
                return doomed
