"""What people change and delete, and what becomes of all that told of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from chathakase import log_events
from chathakase.core.memory import Change, ChangeEffect, QuestionState
from chathakase.core.types import Incoming, Role, SessionId
from chathakase.storage.database import Database, Row, Statement, Transaction, Value, Which
from chathakase.storage.stores.file_store import add_files
from chathakase.storage.stores.metering import NO_LIMITS, Meter
from chathakase.storage.stores.owned import NO_MATTER_HOW_MANY, Ownership, tell_archived
from chathakase.storage.stores.place_columns import HERE, columns_of, place_of, where_is
from chathakase.storage.stores.summary_store import invalidate
from chathakase.storage.stores.title_store import retitle
from chathakase.storage.stores.waking import AWAKE, WOKEN
from chathakase.storage.stores.withdrawing import withdraw

IT = """
m.ref = $1 AND s.surface = $5 AND s.workspace = $6 AND s.channel = $2 AND ($3 = '' OR s.thread = $3)
    AND m.role IN ('user', 'command') AND (m.role = 'user' OR $4 = '' OR s.thread = $4)
"""
"""Of a message ``m`` in a session ``s``: somebody changes or deletes it."""

FIND = Statement(f"""
SELECT m.id, m.session, m.author, m.seq, m.said, m.asks, m.changed,
    m.seq > s.answered OR EXISTS (SELECT 1 FROM turns t
        WHERE t.session = s.id AND t.action IS NOT NULL AND m.seq <= t.upto AND m.seq >
            (SELECT coalesce(max(e.upto), 0) FROM turns e WHERE e.session = s.id AND e.upto < t.upto)),
    m.seq > (SELECT coalesce(max(e.upto), 0) FROM turns e WHERE e.session = s.id AND e.upto <
        (SELECT max(t.upto) FROM turns t WHERE t.session = s.id)),
    m.role, {where_is("s")}, m.text, (SELECT json_list(f.ref) FROM files f WHERE f.message = m.id)
FROM messages m JOIN sessions s ON s.id = m.session
WHERE {IT}
""")

# Whoever changes it has its session locked by then.
FIND_ITS_SESSION = Statement(f"SELECT m.session FROM messages m JOIN sessions s ON s.id = m.session WHERE {IT}")

FIND_SESSION = Statement(f"SELECT id FROM sessions WHERE {HERE}")

# So that a message whose deletion overtakes it, or that the backfill is reading just now, is not stored after that.
MARK_DELETED = Statement("""
INSERT INTO messages (session, seq, role, text, author, ref, said, at)
SELECT id, (SELECT least(0, coalesce(min(seq), 0)) - 1 FROM messages WHERE session = $1),
    'cleared', '', '', $2, $3, now_ms()
FROM sessions WHERE id = $1
ON CONFLICT (ref, session) DO NOTHING
""")

CHANGE = Statement("UPDATE messages SET text = $2, tokens = $3, changed = $4, said_to = $5 WHERE id = $1")

# Of a session that is being deleted nothing is asked any more.
NEXT = Statement(f"""
UPDATE sessions SET seq = seq + 1, asked = seq + 1, active_at = now_ms(), woken = {WOKEN}, {AWAKE}
WHERE id = $1 AND deleting = 0
RETURNING seq, woken = seq
""")

SPEAK = Statement("UPDATE messages SET role = 'user' WHERE id = $1")

ASK = Statement("UPDATE messages SET asks = 1, seq = $2 WHERE id = $1")

FORGET = Statement("""
UPDATE messages SET role = 'cleared', text = '', author = '', name = '', tokens = 0
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_items($1))
""")

DROP_FILES = Statement("DELETE FROM files WHERE message IN (SELECT CAST(value AS BIGINT) FROM json_items($1))")

DROP_OTHER_FILES = Statement("DELETE FROM files WHERE message = $1 AND ref NOT IN (SELECT value FROM json_items($2))")

# While a turn is under way, its message is its own affair. What we said before the session began has its own ref.
FORGET_ANSWER = Statement("""
DELETE FROM messages WHERE role = 'assistant' AND session = $1 AND (ref = $2 OR ref IN (
    SELECT t.id FROM turns t, json_items(t.reply_refs) r WHERE t.session = $1 AND r.value = $2
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = t.session AND s.turn = t.id)))
RETURNING said, seq
""")


class SqlChangeStore:
    """Follows what people change and delete (a ChangeStore)."""

    def __init__(
        self,
        database: Database,
        *,
        meter: Meter = NO_LIMITS,
        ownership: Ownership = NO_MATTER_HOW_MANY,
        count: Callable[[str], int],
    ) -> None:
        """``meter`` counts questions, and ``count`` tells how many tokens a text has.

        ``ownership`` tells how many sessions somebody may have open.
        """
        self._database = database
        self._meter = meter
        self._ownership = ownership
        self._count = count

    async def change(
        self, change: Change, *, is_command: bool = False, calls: bool = False, may_ask: bool = True
    ) -> ChangeEffect | None:
        """Change or forget a stored message, and every summary and title that may tell of it.

        None when it is not known, forgotten already, ours, says the same as before, or was changed again since. What
        says the same but ``calls`` us is followed all the same: whoever read the thread meanwhile had its new words
        first, but cannot tell that. When one of an answer's messages is deleted, the answer is forgotten. When a
        question that waits is deleted, its answer is not waited for any more, but what else waits in its session still
        is. What is deleted before it is known is not stored any more.

        What was a command and is none any more is said to the model from now on, and waits if it asks, as does what
        did not ask and ``calls`` us now; unless it ``may_ask``, it is context all the same. A command that becomes
        another one is not done once more.
        """
        # What was said outside of any thread is stored as a command of another one, and is none of its words.
        place = change.place
        outside = change.ref if change.now and change.now.direct and change.now.opens and not place.thread else ""
        about = (change.ref, place.channel, place.thread, outside, place.surface, place.workspace)
        which: Which | None = place if place.thread else await self._session_of(*about)
        if which is None:
            return None

        async def follow(transaction: Transaction) -> ChangeEffect | None:
            rows = await transaction.fetch(FIND, *about)
            if not rows:
                await self._forget_answer(transaction, change)
                return None
            if change.now is None:
                return await self._forget(transaction, rows[0])
            return await self._edit(
                transaction, rows[0], change, change.now, is_command=is_command, calls=calls, may_ask=may_ask
            )

        effect = await self._database.session(which, follow)
        if effect is not None and effect.woken:
            log_events.session_woken(effect.session, effect.place)
        tell_archived(effect.archived if effect else ())
        return effect

    async def _session_of(self, *about: Value) -> SessionId | None:
        (rows,) = await self._database.read(FIND_ITS_SESSION(*about))
        return SessionId(str(rows[0][0])) if rows else None

    async def _edit(
        self,
        transaction: Transaction,
        row: Row,
        change: Change,
        now: Incoming,
        *,
        is_command: bool,
        calls: bool,
        may_ask: bool,
    ) -> ChangeEffect | None:
        """Store what a message says ``now``; None where that makes no difference, or is older than what is stored."""
        if change.at <= int(row[6] or 0) or not (_is_new(row, now) or (calls and _is_context(row))):
            return None
        effect = _effect(row)
        if not is_command:
            effect = await self._take_up(transaction, row, now, calls=calls, may_ask=may_ask)
        await self._replace(transaction, row, now, change.at)
        return effect

    async def _take_up(
        self, transaction: Transaction, row: Row, now: Incoming, *, calls: bool, may_ask: bool
    ) -> ChangeEffect:
        """Have a message that was changed said to the model and, if it asks only now and may, answered."""
        speaks = str(row[9]) == Role.COMMAND
        if speaks:
            await transaction.execute(SPEAK, row[0])
        if not now.asks or not (speaks or (calls and not row[5])):
            return _effect(row)
        if not may_ask:
            return replace(_effect(row), standing=QuestionState.REFUSED)
        for seq, woken in await transaction.fetch(NEXT, row[1]):
            effect = _effect(row)
            if not await self._meter.admit(transaction, effect.session, effect.place, effect.author, now.ref):
                return replace(effect, standing=QuestionState.REFUSED)
            await transaction.execute(ASK, row[0], seq)
            archived = await self._ownership.opened(transaction, effect.session, owner=effect.author)
            standing = QuestionState.ASKED
            return replace(effect, seq=int(seq or 0), standing=standing, woken=bool(woken), archived=archived)
        return _effect(row)

    async def _replace(self, transaction: Transaction, row: Row, now: Incoming, at: int) -> None:
        message, session = row[0], SessionId(str(row[1]))
        await transaction.execute(CHANGE, message, now.text, self._count(now.text), at, now.said_to)
        await self._replace_files(transaction, row, now)
        await invalidate(transaction, session, int(row[4] or 0))
        await retitle(transaction, session, int(row[3] or 0))

    async def _replace_files(self, transaction: Transaction, row: Row, now: Incoming) -> None:
        """Leave alone the files that stay, so that they are not read again."""
        await transaction.execute(DROP_OTHER_FILES, row[0], json.dumps([file.id for file in now.files]))
        await add_files(transaction, SessionId(str(row[1])), now.ref, now.files)

    async def _forget(self, transaction: Transaction, row: Row) -> ChangeEffect:
        said, seq = int(row[4] or 0), int(row[3] or 0)
        await forget_messages(transaction, SessionId(str(row[1])), [int(row[0] or 0)], said=said, seq=seq)
        return _effect(row)

    async def _forget_answer(self, transaction: Transaction, change: Change) -> None:
        if change.now is not None or not change.place.thread:
            return
        rows = await transaction.fetch(FIND_SESSION, *columns_of(change.place))
        if not rows:
            return
        session = SessionId(str(rows[0][0]))
        for said, seq in await transaction.fetch(FORGET_ANSWER, session, change.ref):
            await forgot(transaction, session, said=int(said or 0), seq=int(seq or 0))
        await transaction.execute(MARK_DELETED, session, change.ref, change.at)


async def forget_messages(
    transaction: Transaction, session: SessionId, messages: Sequence[int], *, said: int, seq: int
) -> None:
    """Leave empty marks of some messages, by their ids; the first was said at a time, the lowest has that number."""
    ids = json.dumps(messages)
    await transaction.execute(FORGET, ids)
    await transaction.execute(DROP_FILES, ids)
    await forgot(transaction, session, said=said, seq=seq)


async def forgot(transaction: Transaction, session: SessionId, *, said: int, seq: int) -> None:
    """Follow up what was forgotten in a session; the first of it was said at a time, and came as that number."""
    await invalidate(transaction, session, said)
    await retitle(transaction, session, seq)
    await withdraw(transaction, session)


def _is_new(row: Row, now: Incoming) -> bool:
    """Whether a message says something else than what is stored; a surface cannot always tell."""
    text, files = row[-2:]
    return text != now.text or set(json.loads(str(files))) != {file.id for file in now.files}


def _is_context(row: Row) -> bool:
    """Whether a message neither asks nor is a command."""
    return not row[5] and str(row[9]) == Role.USER


def _effect(row: Row) -> ChangeEffect:
    _, session, author, seq, _, asks, _, waits, newest, _, *where, _, _ = row
    standing = QuestionState.CONTEXT
    if asks:
        standing = QuestionState.WAITING if waits else QuestionState.NEWEST if newest else QuestionState.CONTEXT
    return ChangeEffect(SessionId(str(session)), place_of(where), str(author), int(seq or 0), standing)
