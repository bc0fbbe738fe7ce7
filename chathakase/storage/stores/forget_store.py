"""What people want forgotten of what they said."""

import json
from collections.abc import Awaitable, Callable
from functools import partial

from chathakase import log_events
from chathakase.core.audit import AuditEvent
from chathakase.core.jobs import Job
from chathakase.core.memory import Scope
from chathakase.core.types import Place, Session, SessionId
from chathakase.storage.database import Database, Statement, Transaction, Value
from chathakase.storage.stores import by_wish
from chathakase.storage.stores.batch_size import BatchSize
from chathakase.storage.stores.change_store import forget_messages
from chathakase.storage.stores.expiry import SqlExpiry
from chathakase.storage.stores.memory_store import DROP_EXCLUSIONS
from chathakase.storage.stores.overview_store import FORGET as FORGET_OVERVIEW
from chathakase.storage.stores.place_columns import place_if_any
from chathakase.storage.stores.title_store import retitle
from chathakase.storage.stores.waiting import NO_TURN, begun_before

SAID = Statement("SELECT said FROM messages WHERE session = $1 AND ref = $2")

# Of a command that was said just now, the row itself goes with what was said before it.
MINE = "author = $1 AND author <> '' AND (role = 'user' AND said < $2 OR role = 'command' AND said <= $2)"

IN_THE_WORKSPACE = """
EXISTS (SELECT 1 FROM sessions s
    WHERE s.id = messages.session AND (s.surface = '' OR s.surface = {} AND s.workspace = {}))
"""
"""Of a row of ``messages``: its session is in the workspace that two parameters tell, or nowhere."""

LAST = Statement("""
SELECT id, said, role, seq FROM messages
WHERE author = $1 AND author <> '' AND said < $2 AND session = $3 AND role = 'user'
ORDER BY said DESC, seq DESC LIMIT 1
""")

HERE = f"{MINE} AND session = $3"

BY_A_PERSON = "role IN ('user', 'command')"
"""Of a row of ``messages``: somebody's own words, which may be forgotten alone."""

ONE = Statement(f"SELECT id, said, role, seq FROM messages WHERE ref = $1 AND session = $2 AND {BY_A_PERSON}")

ANYWHERE = Statement(f"SELECT session FROM messages WHERE {MINE} AND {IN_THE_WORKSPACE.format('$3', '$4')} LIMIT 1")

WHERE_THEY_SPOKE = Statement(f"""
SELECT DISTINCT session FROM messages
WHERE author = $1 AND author <> '' AND role = 'user' AND {IN_THE_WORKSPACE.format("$2", "$3")}
""")

# An answer is stored under its turn, one of the backfill under its own ref.
AUTHOR = Statement(f"""
SELECT author FROM messages WHERE session = $1 AND ({BY_A_PERSON} AND ref = $2 OR role = 'assistant')
    AND ref IN (SELECT $2 UNION ALL
        SELECT t.id FROM turns t, json_items(t.reply_refs) page WHERE t.session = $1 AND page.value = $2)
    AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = $1 AND deleting = 1)
""")

# Only what was said before the command is forgotten; what came after it may be stored already.
ALL = """
session = $1 AND role IN ('user', 'assistant', 'command')
    AND said < coalesce((SELECT c.said FROM messages c WHERE c.session = $1 AND c.ref = $2), CAST($3 AS BIGINT))
"""


def _chosen(which: str) -> str:
    """The newest first, so that what a session is named after stays until the end."""
    return f"SELECT id FROM messages WHERE {which} ORDER BY said DESC, seq DESC"


def _still_chosen(which: str, ids: str) -> str:
    """What was chosen may have changed meanwhile, or be gone and its number somebody else's."""
    return f"""
    SELECT messages.id, said, role, seq FROM json_items({ids}) AS chosen CROSS JOIN messages
    WHERE messages.id = CAST(chosen.value AS BIGINT) AND {which}
    """


CHOSEN_OF_ALL, STILL_CHOSEN_OF_ALL = Statement(_chosen(ALL)), Statement(_still_chosen(ALL, "$4"))

CHOSEN_HERE, STILL_CHOSEN_HERE = Statement(_chosen(HERE)), Statement(_still_chosen(HERE, "$4"))

# A turn that answers only what was asked later is none of the command's business.
END_TURN = Statement(f"""
UPDATE sessions SET {NO_TURN} WHERE id = $1 AND {begun_before("$2", "$3")}
""")

# What was said before the session began is not brought back from the surface after that.
LOOK_NO_HIGHER = Statement("UPDATE sessions SET backfilled = 1 WHERE id = $1")

# What others said there is still to be read.
EXCLUDE = Statement("""
INSERT INTO exclusions (session, author, said) SELECT id, $2, $3 FROM sessions WHERE id = $1 AND backfilled = 0
ON CONFLICT (session, author) DO UPDATE SET said = greatest(exclusions.said, excluded.said)
""")

# A title that was given later does not tell of what is forgotten.
DROP_TITLE = Statement("""
DELETE FROM titles WHERE session = $1 AND made_by = 'person'
    AND told <= coalesce((SELECT c.seq FROM messages c WHERE c.session = $1 AND c.ref = $2),
        (SELECT max(c.seq) FROM messages c WHERE c.session = $1 AND c.said <= CAST($3 AS BIGINT)))
""")

AT_ONCE, MOST_AT_ONCE = 20, 500
"""How many messages are forgotten in one transaction at least, and at most."""

Beginning = Callable[[Transaction], Awaitable[None]]
"""What is done in the first transaction, before anything is forgotten."""


class SqlForgetStore:
    """Forgets what people want forgotten, and what is old (a ForgetStore)."""

    def __init__(self, database: Database, *, expiring: SqlExpiry) -> None:
        self._database = database
        self._expiring = expiring

    async def clear(self, session: SessionId, *, before: str, said: int = 0) -> int:
        """Forget what was said before a message, or else before it was ``said``; returns how many were forgotten.

        A turn that answers something of it ends; what was asked later waits again. The title that a person gave goes
        as well. The rows stay as empty marks, so that a message that is delivered again is not answered again. What is
        much is forgotten in several transactions; cut short, it can be done again.
        """

        async def begin(transaction: Transaction) -> None:
            await transaction.execute(END_TURN, session, before, said)
            await transaction.execute(LOOK_NO_HIGHER, session)
            await transaction.execute(DROP_EXCLUSIONS, session)
            if await transaction.execute(DROP_TITLE, session, before, said):
                await retitle(transaction, session, 0)

        which = CHOSEN_OF_ALL, STILL_CHOSEN_OF_ALL
        return await self._in_portions(session, begin, which, session, before, said)

    async def forget(self, scope: Scope, *, author: str, session: Session, before: str, said: int = 0) -> int:
        """Forget what one person said, up to a stored message, or else to when it was ``said``; how many messages.

        What may be much is done in several transactions, so that nobody waits long for the database.
        """
        id_, place = session.id, session.place
        (rows,) = await self._database.read(SAID(id_, before))
        if not rows and not said:
            return 0
        upto = rows[0][0] if rows else said
        if scope is Scope.EVERYWHERE:
            return await self._forget_everywhere(author, upto, (place.surface, place.workspace))
        if scope is Scope.HERE:
            return await self._forget_here(id_, author, upto)
        which = (ONE, before, id_) if scope is Scope.ONE else (LAST, author, upto, id_)
        return len(await self._database.session(id_, lambda transaction: _forget(transaction, id_, *which)))

    async def _forget_here(self, session: SessionId, author: str, said: Value) -> int:
        async def begin(transaction: Transaction) -> None:
            await transaction.execute(EXCLUDE, session, author, said)

        return await self._in_portions(session, begin, (CHOSEN_HERE, STILL_CHOSEN_HERE), author, said, session)

    async def _forget_everywhere(self, author: str, said: Value, workspace: tuple[str, str]) -> int:
        forgotten = 0
        while rows := (await self._database.read(ANYWHERE(author, said, *workspace)))[0]:
            forgotten += await self._forget_here(SessionId(str(rows[0][0])), author, said)
        # It may hold what they looked for.
        await self._database.write(FORGET_OVERVIEW, *workspace, author)
        return forgotten

    async def _in_portions(
        self, session: SessionId, begin: Beginning, which: tuple[Statement, Statement], *values: Value
    ) -> int:
        """Forget what is chosen, so that after each transaction all is as if no more were to be forgotten."""
        choose, still_chosen = which
        forgotten, batch_size, in_session = (
            0,
            BatchSize(AT_ONCE, most=MOST_AT_ONCE),
            partial(self._database.session, session),
        )
        chosen: list[Value] | None = None

        async def portion(transaction: Transaction, most: int) -> list[str]:
            nonlocal chosen
            if chosen is None:
                await begin(transaction)
                chosen = [row[0] for row in await transaction.fetch(choose, *values)]
            these, chosen = chosen[:most], chosen[most:]
            return await _forget(transaction, session, still_chosen, *values, json.dumps(these))

        while chosen is None or chosen:
            forgotten += _spoken(await batch_size.unit(in_session, portion))
        return forgotten

    async def where(self, author: str, place: Place) -> frozenset[SessionId]:
        """The sessions of a place's workspace, or of none, that remember something that a person said."""
        (rows,) = await self._database.read(WHERE_THEY_SPOKE(author, place.surface, place.workspace))
        return frozenset(SessionId(str(session)) for (session,) in rows)

    async def author_of(self, session: SessionId, ref: str) -> str | None:
        """Who wrote a message that is not forgotten, by their user id, which is empty for an answer of ours.

        None when there is no such message.
        """
        (rows,) = await self._database.read(AUTHOR(session, ref))
        return str(rows[0][0]) if rows else None

    async def archive(self, session: SessionId, *, by: str) -> bool:
        """Archive a session for a person; False if something waits or is being answered there, or if it is gone."""
        rows = await self._database.session(session, lambda transaction: by_wish.archive(transaction, session, by))
        for id_, *where in rows:
            log_events.session_archived(SessionId(str(id_)), place_if_any(where), by=by)
        return bool(rows)

    async def delete(self, session: SessionId, *, job: Job, event: AuditEvent) -> None:
        """Delete every row of a session for the job of a message or a press; ``event`` is for the audit log.

        From the first transaction on, the session is gone for everybody. If something was asked there after that, the
        session stays for it, and what was said before is forgotten, as by ``clear``.
        """
        ref, by, said = job.task.ref, job.task.by, job.task.said
        rows = await self._database.session(
            session, lambda transaction: by_wish.begin_deletion(transaction, session, job, event)
        )
        for id_, *where in rows:
            log_events.session_deleted(SessionId(str(id_)), place_if_any(where), by=by)
        if not rows:
            await self.clear(session, before=ref, said=said)
        await self._expiring.purge(session)

    async def has_deleted(self, job: Job, session: SessionId) -> bool:
        """Whether it was this job that began to delete a session; whatever is left of that goes now."""
        await self._expiring.purge(session)
        return await self._database.session(session, lambda transaction: by_wish.has_deleted(transaction, job))

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""
        return await self._expiring.expire()

    async def prune(self, *, idle: int) -> int:
        """Delete every row of sessions that were idle for so many milliseconds, in small transactions; how many."""
        return await self._expiring.prune(idle=idle)


async def _forget(transaction: Transaction, session: SessionId, sql: Statement, *values: Value) -> list[str]:
    rows = await transaction.fetch(sql, *values)
    if rows:
        ids = [int(row[0] or 0) for row in rows]
        first, lowest = (min(int(row[column] or 0) for row in rows) for column in (1, 3))
        await forget_messages(transaction, session, ids, said=first, seq=lowest)
    return [str(row[2]) for row in rows]


def _spoken(roles: list[str]) -> int:
    return sum(role != "command" for role in roles)
