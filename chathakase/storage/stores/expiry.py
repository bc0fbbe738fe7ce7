"""How idle sessions expire, and how what is old is deleted: bit by bit, so that no turn waits long for the writer."""

import json
from collections.abc import Callable, Iterable
from itertools import count

from chathakase import log_events
from chathakase.core.jobs import DELETE_SESSION
from chathakase.core.ports import SearchIndex
from chathakase.core.types import NO_SESSION, Expiry, ExpiryMode, Place, SessionId
from chathakase.storage.database import Database, Row, Statement
from chathakase.storage.stores.batch_size import BatchSize
from chathakase.storage.stores.job_store import FORGET_DONE
from chathakase.storage.stores.place_columns import PLACE, SOMEWHERE, place_of, where_is
from chathakase.storage.stores.waiting import WAITS, free


def idle(milliseconds: str) -> str:
    """Of a row of ``sessions``: nothing happened for so long, nothing waits at a place, and nobody is at work."""
    return f"active_at < now_ms() - {milliseconds} AND NOT ({SOMEWHERE} AND {WAITS}) AND {free()} AND deleting = 0"


IDLE = idle("$1")

ARCHIVE = Statement(f"""
UPDATE sessions SET archived_at = now_ms() WHERE id IN
    (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

# As far as anybody can see the session is gone by that; its rows follow.
MARK = "UPDATE sessions SET deleting = 1, archived_at = now_ms()"

MARK_ACTIVE = Statement(f"""
{MARK} WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

MARK_ARCHIVED = Statement(f"""
{MARK} WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NOT NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

MARK_ONE = Statement(f"{MARK} WHERE id = $2 AND {IDLE} RETURNING id, {PLACE}")

DELETING = Statement("SELECT id FROM sessions WHERE deleting = 1 AND ($1 = '' OR id = $1) ORDER BY id LIMIT 20")

THESE = "(SELECT id FROM sessions WHERE deleting = 1 AND id IN (SELECT value FROM json_items($1)))"
"""Sessions that are being deleted, by an array of their ids."""

# Once, before the first message of a session is deleted.
ADD_TOMBSTONES = Statement(f"""
INSERT INTO tombstones ({PLACE}, said, at)
SELECT {where_is("s")}, (SELECT max(said) FROM messages WHERE session = s.id), now_ms() FROM sessions s
WHERE s.id IN {THESE} AND s.surface <> '' AND EXISTS (SELECT 1 FROM messages WHERE session = s.id)
    AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE ({where_is("t")}) = ({where_is("s")})
        AND t.said >= (SELECT max(said) FROM messages WHERE session = s.id))
ON CONFLICT ({PLACE}) DO UPDATE SET said = excluded.said, at = greatest(tombstones.at, excluded.at)
""")

# But for those that have it deleted, which are not done yet.
PURGE_JOBS = Statement(f"""
DELETE FROM jobs WHERE session IN {THESE} AND coalesce(command, '') <> '{DELETE_SESSION}'
""")

PURGE_MESSAGES = Statement(f"""
DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE session IN {THESE} LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
""")

PURGE_TURNS = Statement(f"""
DELETE FROM turns WHERE id IN (SELECT id FROM turns WHERE session IN {THESE} LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
""")

PURGE_SESSIONS = Statement(f"""
DELETE FROM sessions WHERE id IN {THESE}
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.session = sessions.id)
    AND NOT EXISTS (SELECT 1 FROM turns WHERE turns.session = sessions.id)
RETURNING id
""")

TOMBSTONE_MS = 86_400_000
"""How long it is known that a session is gone. Slack delivers an event again for about six minutes, and what was missed
while away is looked for within a day."""

DROP_TOMBSTONES = Statement(f"""
DELETE FROM tombstones WHERE ({PLACE}) IN
    (SELECT {PLACE} FROM tombstones WHERE at < now_ms() - {TOMBSTONE_MS} LIMIT 100)
""")

SESSIONS, MOST_SESSIONS = 50, 1_000
"""How many sessions expire in one transaction at least, and at most."""
MESSAGES, MOST_MESSAGES = 2, 100
"""How many rows are deleted in one transaction at least, and at most; each message is taken out of an index."""

MERGE_AFTER = 16
"""Batches of deletions, each of which adds a part to an index of words."""


Event = Callable[[SessionId, Place], None]
"""Logs what happened to a session."""


class SqlExpiry:
    """Has idle sessions expire, and deletes what is old."""

    def __init__(self, database: Database, index: SearchIndex, *, expiry: Expiry) -> None:
        self._database = database
        self._index = index
        self.expiry = expiry

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""
        if self.expiry.mode is ExpiryMode.ARCHIVE:
            return await self._in_batches(ARCHIVE, self.expiry.after, log_events.session_archived)
        expired = await self._in_batches(MARK_ACTIVE, self.expiry.after, log_events.session_deleted)
        await self.purge()
        return expired

    async def prune(self, *, idle: int) -> int:
        """Delete every row of sessions that were idle for so many milliseconds, in small transactions; how many.

        What was taken out of the index of words before is dropped from it for good.
        """
        await self._database.write(FORGET_DONE)
        await self._database.write(DROP_TOMBSTONES)
        pruned = 0
        for statement in (MARK_ARCHIVED, MARK_ACTIVE):
            pruned += await self._in_batches(statement, idle, log_events.session_deleted)
        await self.purge()
        await self._index.sweep()
        return pruned

    async def delete_if_idle(self, session: SessionId) -> None:
        """Delete a session that is idle, if idle sessions are deleted, or whose deletion was begun."""
        if self.expiry.mode is ExpiryMode.DELETE:
            _tell(log_events.session_deleted, await self._database.write(MARK_ONE, self.expiry.after, session))
        await self.purge(session)

    async def purge(self, session: SessionId = NO_SESSION) -> None:
        """Delete the rows of sessions, or of one session, whose deletion was begun."""
        batch_size = BatchSize(MESSAGES, most=MOST_MESSAGES)
        for batch in count(1):
            (deleting,) = await self._database.read(DELETING(session))
            if not deleting or not await self._purge(json.dumps([row[0] for row in deleting]), batch_size):
                return
            if batch % MERGE_AFTER == 0:
                await self._index.merge()

    async def _purge(self, deleting: str, batch_size: BatchSize) -> bool:
        """Delete some rows of sessions; all that is kept is until when they had heard everything.

        False when there were none.
        """
        await self._database.write(ADD_TOMBSTONES, deleting)
        await self._database.write(PURGE_JOBS, deleting)
        with batch_size.statement() as most:
            purged = await self._database.write(PURGE_MESSAGES, deleting, most)
        if len(purged) < most:
            purged += await self._database.write(PURGE_TURNS, deleting, MOST_SESSIONS)
            purged += await self._database.write(PURGE_SESSIONS, deleting)
            await self._database.write(DROP_TOMBSTONES)
        return bool(purged)

    async def _in_batches(self, statement: Statement, idle: int, event: Event) -> int:
        """Run a statement again and again on some sessions that were idle for so long, and log each; how many."""
        done, batch_size = 0, BatchSize(SESSIONS, most=MOST_SESSIONS)
        while True:
            with batch_size.statement() as most:
                rows = await self._database.write(statement, idle, most)
            _tell(event, rows)
            done += len(rows)
            if len(rows) < most:
                return done


def _tell(event: Event, rows: Iterable[Row]) -> None:
    for session, *where in rows:
        event(SessionId(str(session)), place_of(where))
