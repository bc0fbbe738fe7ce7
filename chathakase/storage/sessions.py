"""What is said: sessions and their messages, how they expire and how they are forgotten."""

from collections.abc import Callable

from chathakase.core.errands import Errand
from chathakase.core.types import (
    Expiry,
    ExpiryMode,
    Incoming,
    Lease,
    Message,
    Place,
    Role,
    SessionInfo,
    SessionsPage,
    Wish,
)
from chathakase.storage.database import Database, Row, Transaction, Value
from chathakase.storage.errands import promise
from chathakase.storage.waiting import KEPT, WAITS, begun_before, free

OPEN = """
INSERT INTO sessions (id, channel, thread, seq, asked, began_at, active_at)
VALUES ($1, $2, $3, 1, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET
    seq = sessions.seq + 1,
    asked = CASE WHEN $4 = 1 THEN sessions.seq + 1 ELSE sessions.asked END,
    active_at = $5,
    archived_at = NULL
RETURNING seq
"""

JOIN = """
UPDATE sessions SET
    seq = seq + 1,
    asked = CASE WHEN $2 = 1 THEN seq + 1 ELSE asked END,
    active_at = $3,
    archived_at = NULL
WHERE id = $1
RETURNING seq
"""

ADD = """
INSERT INTO messages (session, seq, role, text, author, ref, said, asks, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (session, ref) DO NOTHING
RETURNING seq
"""

OPENED_LATER = "SELECT 1 WHERE $2 < (SELECT min(said) FROM messages WHERE session = $1)"

# What a turn answers comes last, also what was said long ago and came late.
ASKED_NOW = """
SELECT role, text, author FROM messages
WHERE session = $1 AND role = 'user' AND seq > $2 AND seq <= $3
ORDER BY said DESC, seq DESC LIMIT $4
"""

BEFORE = """
SELECT role, text, author FROM messages
WHERE session = $1 AND coalesce(reply_to, seq) <= $2 AND role IN ('user', 'assistant')
ORDER BY said DESC, seq DESC LIMIT $3
"""

ANSWER = "SELECT role, text, author FROM messages WHERE session = $1 AND ref = $2 AND role = 'assistant'"

# Only what was said before the command is forgotten; what came after it may be stored already.
BEFORE_COMMAND = "said < (SELECT c.said FROM messages c WHERE c.session = $1 AND c.ref = $2)"

CLEAR_MESSAGES = f"""
UPDATE messages SET role = 'cleared', text = '', author = ''
WHERE session = $1 AND role IN ('user', 'assistant') AND {BEFORE_COMMAND}
"""

# A turn that answers only what was asked later is none of the command's business.
CLEAR_TURN = f"""
UPDATE sessions SET
    lease_owner = NULL, lease_until = 0, stop = 0, turn = NULL, turn_began = NULL, attempts = 0, reply_refs = '[]'
WHERE id = $1 AND {begun_before("$2")}
"""

# Whatever asks and is not forgotten still waits.
CLEAR_QUESTIONS = """
UPDATE sessions SET answered = coalesce(
    (SELECT min(m.seq) - 1 FROM messages m
    WHERE m.session = $1 AND m.role = 'user' AND m.asks = 1 AND m.seq > sessions.answered),
    seq)
WHERE id = $1
"""

# A turn whose question is forgotten is not taken up again.
CLEAR_WISHES = f"UPDATE turns SET wish = NULL WHERE session = $1 AND wish IS NOT NULL AND NOT {KEPT}"

IDLE = f"active_at < $1 AND NOT {WAITS} AND {free('$2')}"

INFO = f"""
SELECT channel, thread, began_at, active_at, {WAITS} OR NOT {free("$1")},
    (SELECT count(*) FROM messages m WHERE m.session = sessions.id AND m.role IN ('user', 'assistant'))
FROM sessions
"""

PEOPLE = """
SELECT author FROM messages WHERE session = $1 AND role = 'user' GROUP BY author ORDER BY min(seq)
"""

ARCHIVE = "UPDATE sessions SET archived_at = $2 WHERE id IN (SELECT id FROM sessions WHERE {})"

REMEMBER_GONE = """
INSERT INTO gone (session, said, at)
SELECT session, max(said), $2 FROM messages WHERE session IN ({}) GROUP BY session
ON CONFLICT (session) DO UPDATE SET said = excluded.said, at = excluded.at
"""

GONE = "SELECT 1 FROM gone WHERE session = $1 AND said >= $2"

GONE_MS = 86_400_000
"""How long it is known that a session is gone. Slack delivers an event again for about six minutes, and what was missed
while away is looked for within a day."""

BATCH = 200
"""How many sessions expire in one transaction, so that no turn waits long for the writer."""


class _HadAlready(Exception):
    """This message is saved already; whatever its second coming changed is undone."""


class Sessions:
    """Remembers what is said (a SessionStore)."""

    def __init__(self, database: Database, *, expiry: Expiry, now: Callable[[], int]) -> None:
        self._database = database
        self._expiry = expiry
        self._now = now

    async def append(self, incoming: Incoming, *, role: Role = Role.USER, errand: Errand | None = None) -> bool:
        """Save what a person said; False when it was had already or belongs to no session of ours."""
        now = self._now()
        try:
            async with self._database.transaction() as transaction:
                if self._expiry.mode is ExpiryMode.DELETE:
                    await self._delete_if_idle(transaction, incoming, now)
                asks = incoming.asks and errand is None and await self._is_for_us(transaction, incoming)
                seq = await self._next_seq(transaction, incoming, asks=asks, now=now)
                if seq is None:
                    return False
                await self._add(transaction, incoming, seq, role=role, asks=asks, now=now)
                if errand is not None:
                    await promise(transaction, errand, now=now)
                return True
        except _HadAlready:
            return False

    async def _add(
        self, transaction: Transaction, incoming: Incoming, seq: int, *, role: Role, asks: bool, now: int
    ) -> None:
        said = (incoming.text, incoming.author, incoming.ref, incoming.said)
        if not await transaction.fetch(ADD, incoming.place.session_id, seq, role, *said, int(asks), now):
            raise _HadAlready

    async def _next_seq(self, transaction: Transaction, incoming: Incoming, *, asks: bool, now: int) -> int | None:
        place = incoming.place
        if incoming.opens:
            rows = await transaction.fetch(OPEN, place.session_id, place.channel, place.thread, int(asks), now)
        else:
            rows = await transaction.fetch(JOIN, place.session_id, int(asks), now)
        return int(rows[0][0] or 0) if rows else None

    async def _is_for_us(self, transaction: Transaction, incoming: Incoming) -> bool:
        """Whether something was said after the session was opened; before that, people talked among themselves."""
        return incoming.opens or not await transaction.fetch(OPENED_LATER, incoming.place.session_id, incoming.said)

    async def _delete_if_idle(self, transaction: Transaction, incoming: Incoming, now: int) -> None:
        session_id = incoming.place.session_id
        await self._delete(transaction, f"{IDLE} AND id = $3", now - self._expiry.after, now, session_id)
        if await transaction.fetch(GONE, session_id, incoming.said):
            raise _HadAlready

    async def _delete(self, transaction: Transaction, idle: str, before: int, now: int, *values: Value) -> int:
        """Remove every row of sessions; all that is kept is until when they had heard everything."""
        ids = f"SELECT id FROM sessions WHERE {idle}"
        await transaction.execute(REMEMBER_GONE.format(ids), before, now, *values)
        await transaction.execute(f"DELETE FROM errands WHERE session IN ({ids})", before, now, *values)
        return await transaction.execute(f"DELETE FROM sessions WHERE id IN ({ids})", before, now, *values)

    async def history(self, lease: Lease, *, limit: int) -> list[Message]:
        """The newest ``limit`` messages that matter to a turn, what it answers last."""
        session_id = lease.place.session_id
        rows: list[Row] = []
        if lease.wish is Wish.CONTINUE:
            rows += await self._database.fetch(ANSWER, session_id, lease.turn)
        rows += await self._database.fetch(ASKED_NOW, session_id, lease.since, lease.upto, limit - len(rows))
        rows += await self._database.fetch(BEFORE, session_id, lease.since, limit - len(rows))
        return [Message(Role(str(role)), str(text), str(author)) for role, text, author in reversed(rows)]

    async def people(self, session_id: str) -> frozenset[str]:
        """The user ids of everybody who has said something in a session that is not forgotten."""
        return frozenset(await self._people(session_id))

    async def _people(self, session_id: str) -> list[str]:
        return [str(author) for (author,) in await self._database.fetch(PEOPLE, session_id)]

    async def clear(self, session_id: str, *, before: str) -> int:
        """Forget what was said before a stored message; returns how many messages were forgotten.

        A turn that answers something of it ends; what was asked later waits again. The rows stay as empty marks, so
        that a message that is delivered again is not answered again.
        """
        async with self._database.transaction() as transaction:
            await transaction.execute(CLEAR_TURN, session_id, before)
            forgotten = await transaction.execute(CLEAR_MESSAGES, session_id, before)
            await transaction.execute(CLEAR_QUESTIONS, session_id)
            await transaction.execute(CLEAR_WISHES, session_id)
            return forgotten

    async def info(self, session_id: str) -> SessionInfo | None:
        """What is known of one session."""
        rows = await self._database.fetch(f"{INFO} WHERE id = $2", self._now(), session_id)
        return await self._info(rows[0]) if rows else None

    async def active(self, *, limit: int) -> SessionsPage:
        """The sessions that are not expired, the most recently active first."""
        now = self._now()
        oldest = now - self._expiry.after
        rows = await self._database.fetch(
            f"{INFO} WHERE archived_at IS NULL AND active_at >= $2 ORDER BY active_at DESC LIMIT $3",
            now,
            oldest,
            limit,
        )
        total = await self._database.fetch(
            "SELECT count(*) FROM sessions WHERE archived_at IS NULL AND active_at >= $1", oldest
        )
        return SessionsPage(int(total[0][0] or 0), tuple([await self._info(row) for row in rows]))

    async def _info(self, row: Row) -> SessionInfo:
        channel, thread, began, active, busy, messages = row
        place = Place(str(channel), str(thread))
        return SessionInfo(
            place=place,
            messages=int(messages or 0),
            people=tuple(await self._people(place.session_id)),
            began=int(began or 0),
            active=int(active or 0),
            busy=bool(busy),
        )

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""
        expired = batch = await self._expire_batch()
        while batch == BATCH:
            batch = await self._expire_batch()
            expired += batch
        return expired

    async def _expire_batch(self) -> int:
        now = self._now()
        before, idle = now - self._expiry.after, f"{IDLE} AND archived_at IS NULL LIMIT {BATCH}"
        async with self._database.transaction() as transaction:
            if self._expiry.mode is ExpiryMode.ARCHIVE:
                return await transaction.execute(ARCHIVE.format(idle), before, now)
            await transaction.execute("DELETE FROM gone WHERE at < $1", now - GONE_MS)
            return await self._delete(transaction, idle, before, now)
