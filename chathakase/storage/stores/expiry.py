"""How idle sessions expire, and how what is old is deleted: bit by bit, so that no turn waits long for the writer."""

import json
from collections.abc import Callable, Iterable
from itertools import count

from chathakase import events
from chathakase.core.ports import SearchIndex
from chathakase.core.types import NO_SESSION, Expiry, ExpiryMode, Place, SessionId
from chathakase.storage.database import Database, Row, Statement
from chathakase.storage.stores.errands import FORGET_DONE
from chathakase.storage.stores.pace import Pace
from chathakase.storage.stores.places import PLACE, SOMEWHERE, place_of, where_is
from chathakase.storage.stores.waiting import WAITS, free


def idle(milliseconds: str) -> str:
    """Of a row of ``sessions``: nothing happened for so long, nothing waits at a place, and nobody is at work."""
    return f"active_at < now_ms() - {milliseconds} AND NOT ({SOMEWHERE} AND {WAITS}) AND {free()} AND doomed = 0"


IDLE = idle("$1")

ARCHIVE = Statement(f"""
UPDATE sessions SET archived_at = now_ms() WHERE id IN
    (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

# As far as anybody can see the session is gone by that; its rows follow.
DOOM = "UPDATE sessions SET doomed = 1, archived_at = now_ms()"

DOOM_ACTIVE = Statement(f"""
{DOOM} WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

DOOM_ARCHIVED = Statement(f"""
{DOOM} WHERE id IN (SELECT id FROM sessions WHERE {IDLE} AND archived_at IS NOT NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, {PLACE}
""")

DOOM_ONE = Statement(f"{DOOM} WHERE id = $2 AND {IDLE} RETURNING id, {PLACE}")

DOOMED = Statement("SELECT id FROM sessions WHERE doomed = 1 AND ($1 = '' OR id = $1) ORDER BY id LIMIT 20")

THESE = "(SELECT id FROM sessions WHERE doomed = 1 AND id IN (SELECT value FROM json_items($1)))"
"""Sessions that are being deleted, by an array of their ids."""

# Once, before the first message of a session is deleted.
REMEMBER_GONE = Statement(f"""
INSERT INTO gone ({PLACE}, said, at)
SELECT {where_is("s")}, (SELECT max(said) FROM messages WHERE session = s.id), now_ms() FROM sessions s
WHERE s.id IN {THESE} AND s.surface <> '' AND EXISTS (SELECT 1 FROM messages WHERE session = s.id)
    AND NOT EXISTS (SELECT 1 FROM gone g WHERE ({where_is("g")}) = ({where_is("s")}) AND g.at >= s.archived_at)
ON CONFLICT ({PLACE}) DO UPDATE SET said = excluded.said, at = excluded.at
""")

BURY_ERRANDS = Statement(f"DELETE FROM errands WHERE session IN {THESE}")

BURY_MESSAGES = Statement(f"""
DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE session IN {THESE} LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
""")

BURY_TURNS = Statement(f"""
DELETE FROM turns WHERE id IN (SELECT id FROM turns WHERE session IN {THESE} LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
""")

BURY_SESSIONS = Statement(f"""
DELETE FROM sessions WHERE id IN {THESE}
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.session = sessions.id)
    AND NOT EXISTS (SELECT 1 FROM turns WHERE turns.session = sessions.id)
RETURNING id
""")

GONE_MS = 86_400_000
"""How long it is known that a session is gone. Slack delivers an event again for about six minutes, and what was missed
while away is looked for within a day."""

FORGET_GONE = Statement(f"""
DELETE FROM gone WHERE ({PLACE}) IN (SELECT {PLACE} FROM gone WHERE at < now_ms() - {GONE_MS} LIMIT 100)
""")

SESSIONS, MOST_SESSIONS = 50, 1_000
"""How many sessions expire in one transaction at least, and at most."""
MESSAGES, MOST_MESSAGES = 2, 100
"""How many rows are deleted in one transaction at least, and at most; each message is taken out of an index."""

MERGE_AFTER = 16
"""Batches of deletions, each of which adds a part to an index of words."""


Event = Callable[[SessionId, Place], None]
"""Logs what happened to a session."""


class Expiring:
    """Has idle sessions expire, and deletes what is old."""

    def __init__(self, database: Database, index: SearchIndex, *, expiry: Expiry) -> None:
        self._database = database
        self._index = index
        self.expiry = expiry

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""
        if self.expiry.mode is ExpiryMode.ARCHIVE:
            return await self._in_batches(ARCHIVE, self.expiry.after, events.session_archived)
        expired = await self._in_batches(DOOM_ACTIVE, self.expiry.after, events.session_deleted)
        await self.bury()
        return expired

    async def prune(self, *, idle: int) -> int:
        """Delete every row of sessions that were idle for so many milliseconds, in small transactions; how many.

        What was taken out of the index of words before is dropped from it for good.
        """
        await self._database.write(FORGET_DONE)
        await self._database.write(FORGET_GONE)
        pruned = 0
        for statement in (DOOM_ARCHIVED, DOOM_ACTIVE):
            pruned += await self._in_batches(statement, idle, events.session_deleted)
        await self.bury()
        await self._index.sweep()
        return pruned

    async def delete_if_idle(self, session: SessionId) -> None:
        """Delete a session that is idle, if idle sessions are deleted, or whose deletion was begun."""
        if self.expiry.mode is ExpiryMode.DELETE:
            _tell(events.session_deleted, await self._database.write(DOOM_ONE, self.expiry.after, session))
        await self.bury(session)

    async def bury(self, session: SessionId = NO_SESSION) -> None:
        """Delete the rows of sessions, or of one session, whose deletion was begun."""
        pace = Pace(MESSAGES, most=MOST_MESSAGES)
        for batch in count(1):
            (doomed,) = await self._database.read(DOOMED(session))
            if not doomed or not await self._bury(json.dumps([row[0] for row in doomed]), pace):
                return
            if batch % MERGE_AFTER == 0:
                await self._index.merge()

    async def _bury(self, doomed: str, pace: Pace) -> bool:
        """Delete some rows of sessions; all that is kept is until when they had heard everything.

        False when there were none.
        """
        await self._database.write(REMEMBER_GONE, doomed)
        await self._database.write(BURY_ERRANDS, doomed)
        with pace.statement() as most:
            buried = await self._database.write(BURY_MESSAGES, doomed, most)
        if len(buried) < most:
            buried += await self._database.write(BURY_TURNS, doomed, MOST_SESSIONS)
            buried += await self._database.write(BURY_SESSIONS, doomed)
            await self._database.write(FORGET_GONE)
        return bool(buried)

    async def _in_batches(self, statement: Statement, idle: int, event: Event) -> int:
        """Run a statement again and again on some sessions that were idle for so long, and log each; how many."""
        done, pace = 0, Pace(SESSIONS, most=MOST_SESSIONS)
        while True:
            with pace.statement() as most:
                rows = await self._database.write(statement, idle, most)
            _tell(event, rows)
            done += len(rows)
            if len(rows) < most:
                return done


def _tell(event: Event, rows: Iterable[Row]) -> None:
    for session, *where in rows:
        event(SessionId(str(session)), place_of(where))
