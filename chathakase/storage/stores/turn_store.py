"""Who may answer: leases on sessions, and the record of each turn."""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence

from chathakase import log_events
from chathakase.cancellation import or_undone
from chathakase.core.jobs import Interaction
from chathakase.core.leases import LEASE_MS
from chathakase.core.memory import Archived
from chathakase.core.types import (
    Answered,
    Lease,
    Renewal,
    Result,
    Session,
    SessionId,
    TurnEnd,
    WorkspaceKey,
)
from chathakase.storage.database import Database, Row, Statement, Transaction
from chathakase.storage.stores.claiming import REQUESTED, NewClaim, lease_of, release_lease, take
from chathakase.storage.stores.message_rows import ESTIMATE
from chathakase.storage.stores.metering import NO_LIMITS, Meter
from chathakase.storage.stores.owned import NO_MATTER_HOW_MANY, Ownership, tell_archived
from chathakase.storage.stores.place_columns import IN_ONE_OF, PLACE, SOMEWHERE, place_of, workspaces_as_json
from chathakase.storage.stores.summary_store import invalidate
from chathakase.storage.stores.suspects import (
    CLEARED_OF_IT,
    IS_NEW_SUSPECT,
    MAY_RUN,
    SUSPECT,
)
from chathakase.storage.stores.waiting import (
    FIRST_ASKER,
    KEPT,
    NO_TURN,
    REFS_HERE,
    WAITS,
    begun_before,
    free,
)
from chathakase.storage.stores.waking import WAKE
from chathakase.storage.stores.withdrawing import decline

TO_TAKE = f"({MAY_RUN} OR {IS_NEW_SUSPECT})"
"""Of a row of ``sessions``: a claim is of use, if only to have a suspect wait to run alone."""

# Both halves have a partial index of their own, so that sessions at rest cost nothing. What the process died of most
# often comes first, so that it finds nothing beside it yet.
WAITING = Statement(f"""
SELECT id, {PLACE}, attempts, lease_until FROM sessions
WHERE asked > answered AND {IN_ONE_OF} AND {SOMEWHERE} AND {free()} AND {TO_TAKE}
UNION
SELECT sessions.id, {PLACE}, sessions.attempts, lease_until FROM turns t JOIN sessions ON sessions.id = t.session
WHERE t.action IS NOT NULL AND {IN_ONE_OF} AND {SOMEWHERE} AND {free()} AND {TO_TAKE}
ORDER BY 6 DESC, 7 LIMIT 1000
""")

NEXT_ASKER = Statement(f"""
SELECT coalesce(CASE WHEN turn IS NULL THEN (
    SELECT m.author FROM messages m WHERE m.session = sessions.id AND m.role = 'user' AND m.asks = 1
        AND m.seq <= (SELECT turns.upto {REQUESTED})
        AND m.seq > (SELECT coalesce(max(e.upto), 0) FROM turns e
            WHERE e.session = sessions.id AND e.upto < (SELECT turns.upto {REQUESTED}))
    ORDER BY m.seq LIMIT 1) END, {FIRST_ASKER}, '')
FROM sessions WHERE id = $1 AND deleting = 0 AND {SOMEWHERE} AND {WAITS} AND {free()} AND {TO_TAKE}
""")

# An owner is of one session, so that nobody renews what another one of these holds.
RENEW = Statement(f"""
UPDATE sessions SET lease_until = now_ms() + {LEASE_MS}
WHERE id IN (SELECT value FROM json_items($1)) AND lease_owner IN (SELECT value FROM json_items($2))
RETURNING id, lease_owner, stop
""")

WANT_STOP = Statement(f"""
UPDATE sessions SET stop = 1
WHERE id = $1 AND lease_owner IS NOT NULL AND ($2 = '' OR turn = $2) AND ($3 = '' OR {begun_before("$3", "$4")})
""")

NOTE_REPLY = Statement("UPDATE sessions SET reply_refs = $3 WHERE id = $1 AND lease_owner = $2")

RECORD = Statement(f"""
INSERT INTO turns (
    id, session, upto, attempts, reply_refs, began_at,
    outcome, error, model, prompt_tokens, completion_tokens, ended_at, run, estimate)
SELECT turn, id, $3, attempts, {REFS_HERE}, turn_began, $4, $5, $6, $7, $8, now_ms(), $9, $10
FROM sessions WHERE id = $1 AND lease_owner = $2
ON CONFLICT (id) DO UPDATE SET
    attempts = excluded.attempts, reply_refs = excluded.reply_refs,
    outcome = excluded.outcome, error = excluded.error, model = excluded.model,
    prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
    ended_at = excluded.ended_at, run = excluded.run, estimate = excluded.estimate, action = NULL
""")

# A turn that is taken up again answers something old: what was answered since stays answered.
FINISH = Statement(f"""
UPDATE sessions SET
    answered = CASE WHEN answered > $3 THEN answered ELSE $3 END,
    seq = seq + 1, active_at = now_ms(), {NO_TURN}
WHERE id = $1 AND lease_owner = $2
RETURNING seq, {WAITS}
""")

ADD_ANSWER = Statement("""
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, at, said, tokens)
SELECT $1, $2, 'assistant', $3, '', $4, $5, now_ms(), coalesce(max(said), now_ms() * 1000), $7 FROM messages
WHERE session = $1 AND role = 'user' AND seq > $6 AND seq <= $5
ON CONFLICT (session, ref) DO UPDATE SET text = excluded.text, at = excluded.at, tokens = excluded.tokens
RETURNING said
""")

REMOVE_ANSWER = Statement("DELETE FROM messages WHERE session = $1 AND ref = $2 RETURNING said")

NEWEST_COUNTS = Statement("""
SELECT model, estimate, prompt_tokens FROM turns
WHERE estimate > 0 AND prompt_tokens > 0 ORDER BY ended_at DESC LIMIT 200
""")

# A turn keeps its action until it ends, and an end counts its run up: so a second press finds nothing to update.
REOPEN = Statement(f"""
UPDATE turns SET action = $4 WHERE id = $1 AND session = $2 AND run = $3 AND action IS NULL AND {KEPT}
    AND EXISTS (SELECT 1 FROM sessions WHERE id = $2 AND deleting = 0)
""")

NEWEST = Statement(f"""
SELECT id, run, reply_refs, EXISTS (SELECT 1 FROM messages m
    WHERE m.session = $1 AND m.seq > turns.upto AND m.role IN ('user', 'command') AND m.ref <> $2)
FROM turns WHERE session = $1 AND {KEPT} ORDER BY upto DESC LIMIT 1
""")

BUSY = Statement(f"SELECT 1 FROM sessions WHERE id = $1 AND deleting = 0 AND ({WAITS} OR NOT {free()})")

ANSWER_TO = Statement("""
SELECT t.id, t.run FROM turns t JOIN messages m ON m.session = t.session
WHERE t.session = $1 AND m.ref = $2 AND m.role = 'user' AND m.asks = 1 AND m.seq <= t.upto
    AND t.upto = (SELECT max(n.upto) FROM turns n WHERE n.session = $1)
    AND m.seq > (SELECT coalesce(max(e.upto), 0) FROM turns e WHERE e.session = $1 AND e.upto < t.upto)
""")

TOUCH = Statement("UPDATE sessions SET active_at = now_ms() WHERE id = $1")

# A turn that ended answers what was asked after the turn before it, also while it is taken up again; one that never
# ended has no row yet and answers what is not answered. No turn at all stands for everything that waits.
ASKERS = Statement("""
SELECT m.author FROM messages m JOIN turns t ON t.session = m.session
WHERE m.session = $1 AND m.asks = 1 AND m.role = 'user' AND (t.id = $2 OR $2 = '' AND t.action IS NOT NULL)
    AND m.seq <= t.upto AND (m.said < $4 OR $4 = 0)
    AND m.seq > (SELECT coalesce(max(e.upto), 0) FROM turns e WHERE e.session = t.session AND e.upto < t.upto)
UNION
SELECT m.author FROM messages m JOIN sessions s ON s.id = m.session
WHERE m.session = $1 AND m.asks = 1 AND m.role = 'user' AND m.seq > s.answered
    AND (m.seq <= $3 OR $3 = 0) AND (m.said < $4 OR $4 = 0)
    AND ($2 = '' OR s.turn = $2 AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.id = $2))
""")


CLEARED = Statement("""
SELECT 1
WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE id = $1 AND turn = $2)
    AND NOT EXISTS (SELECT 1 FROM turns WHERE id = $2 AND run >= $3)
""")


IS_A_PERSONS = Statement("""
SELECT 1 FROM messages
WHERE session = $1 AND role = 'user' AND asks = 1 AND author = $2 AND seq > $3 AND seq <= $4 AND name = '' LIMIT 1
""")


class _NotTheirs(Exception):
    """A turn is not to be declined; that it was taken is undone."""


LONG = 20_000
"""Characters of an answer that is counted beside the loop."""


class SqlTurnStore:
    """Says who may answer (a TurnStore)."""

    def __init__(
        self,
        database: Database,
        *,
        meter: Meter = NO_LIMITS,
        ownership: Ownership = NO_MATTER_HOW_MANY,
        count: Callable[[str], int] = ESTIMATE,
    ) -> None:
        """``meter`` counts what models cost, and ``count`` tells how many tokens a text has.

        ``ownership`` tells how many sessions somebody may have open.
        """
        self._database = database
        self._meter = meter
        self._ownership = ownership
        self._count = count

    async def waiting(self, workspaces: Collection[WorkspaceKey]) -> list[Session]:
        """The sessions of some workspaces in which something waits that may run now, and nobody works."""
        (rows,) = await self._database.read(WAITING(workspaces_as_json(workspaces)))
        return [Session(SessionId(str(session)), place_of(where)) for session, *where, _, _ in rows]

    async def next_asker(self, session: SessionId) -> str | None:
        """The user id of who asked first what a session waits for; None when nothing waits, or somebody holds it."""
        (rows,) = await self._database.read(NEXT_ASKER(session))
        return str(rows[0][0]) if rows else None

    async def claim(
        self, session: SessionId, *, before: str = "", to_end: bool = False, asked_before: int = 0
    ) -> Lease | None:
        """Take the turn of a session; None when nothing waits, somebody holds it, or it is to be forgotten first.

        Also None while it must wait for another to run alone, or to run alone itself. ``before`` a message: only a turn
        that was begun and answers something said before that; ``asked_before`` a time in epoch microseconds: only one
        that answers something said before that, and with ``before``, when that was said if it is not stored.
        """

        async def claim(transaction: Transaction) -> NewClaim | None:
            claimed = await take(transaction, session, before=before, to_end=to_end, asked_before=asked_before)
            while claimed and not (before or to_end) and await self._meter.refuses(transaction, claimed.lease):
                claimed = await take(transaction, session, asked_before=asked_before)
            if claimed is None:
                await transaction.execute(SUSPECT, session)
            return claimed

        async def claimed() -> Lease | None:
            return await lease_of(await self._database.session(session, claim), self._database)

        return await or_undone(claimed(), self._forgo)

    async def decline(self, session: SessionId, by: str) -> bool:
        """Have a person wait no more for an answer that has not begun; False where it has, or they asked nothing."""

        async def decline_theirs(transaction: Transaction) -> bool:
            claimed = await take(transaction, session)
            if claimed is None or claimed.lease.has_begun or claimed.lease.by != by:
                raise _NotTheirs
            lease = claimed.lease
            if not await transaction.fetch(IS_A_PERSONS, session, by, lease.since, lease.upto):
                raise _NotTheirs
            await decline(transaction, lease)
            return True

        try:
            return await self._database.session(session, decline_theirs)
        except _NotTheirs:
            return False

    async def _forgo(self, lease: Lease | None) -> None:
        if lease is not None:
            await release_lease(lease, self._database)

    async def renew(self, leases: Sequence[Lease]) -> list[Renewal]:
        """Hold on to some turns; what comes of each, in their order."""
        sessions, owners = [each.session for each in leases], [each.owner for each in leases]
        rows = await self._database.write(RENEW, json.dumps(sessions), json.dumps(owners))
        held = {(session, owner): Renewal.STOP if stop else Renewal.HELD for session, owner, stop in rows}
        return [held.get(lease, Renewal.LOST) for lease in zip(sessions, owners, strict=True)]

    async def want_stop(self, session: SessionId, turn: str = "", *, before: str = "", said: int = 0) -> bool:
        """Have a turn stopped that somebody else holds, or held when it died; of no turn: whatever is held."""
        return bool(
            await self._database.session(
                session, lambda transaction: transaction.execute(WANT_STOP, session, turn, before, said)
            )
        )

    async def note_reply(self, lease: Lease, refs: Sequence[str]) -> None:
        """Remember the messages that a turn is writing, so that a later try edits them."""
        await self._database.write(NOTE_REPLY, lease.session, lease.owner, json.dumps(list(refs)))

    async def finish(self, lease: Lease, result: Result) -> TurnEnd:
        """Save the answer and the cursor and end the lease, and tell whether the session waits for another turn."""
        # Before anything is locked, and beside the loop where it takes long.
        counting = asyncio.to_thread(self._count, result.text) if len(result.text) > LONG else None
        counted = await counting if counting else self._count(result.text)
        return await self._database.session(
            lease.session, lambda transaction: self._finish(transaction, lease, result, counted)
        )

    async def _finish(self, transaction: Transaction, lease: Lease, result: Result, counted: int) -> TurnEnd:
        session, upto, usage = lease.session, lease.upto, result.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
        record = (result.outcome, result.error, result.model, *tokens, lease.run, result.estimate)
        if not await transaction.execute(RECORD, session, lease.owner, upto, *record):
            return TurnEnd.LOST
        ((seq, waits),) = await transaction.fetch(FINISH, session, lease.owner, upto)
        if usage is not None:
            await self._meter.spend(transaction, session, result.model, usage, by=lease.by)
        await self._save_answer(transaction, lease, result.text, int(seq or 0), counted)
        return TurnEnd.MORE_WAITS if waits else TurnEnd.AT_REST

    async def _save_answer(self, transaction: Transaction, lease: Lease, text: str, seq: int, tokens: int) -> None:
        """Save an answer; one that takes the place of another, or of none, may be what a summary tells otherwise."""
        session, changed = lease.session, []
        if text:
            answer = (seq, text, lease.turn, lease.upto, lease.since, tokens)
            changed = await transaction.fetch(ADD_ANSWER, session, *answer)
        elif lease.action:
            changed = await transaction.fetch(REMOVE_ANSWER, session, lease.turn)
        if lease.action and changed:
            await invalidate(transaction, session, int(changed[0][0] or 0))

    async def release(self, lease: Lease) -> None:
        """Put a turn down unfinished, for whoever comes next."""
        await release_lease(lease, self._database)

    async def survived(self, lease: Lease) -> None:
        """Whoever lost a turn to another, since it stood still for too long, lives: no process died of that turn."""
        await self._database.write(CLEARED_OF_IT, lease.session, lease.turn, int(lease.alone))

    async def reopen(self, session: SessionId, interaction: Interaction) -> bool:
        """Have a turn of a session that ended taken up again, as the interaction wants; the session then waits for it.

        False when that run of the turn was taken up already, or when what it answered is forgotten. Raises
        LimitExceeded.
        """

        async def reopen(transaction: Transaction) -> tuple[list[Row], Archived] | None:
            if not await transaction.execute(REOPEN, interaction.turn, session, interaction.run, interaction.action):
                return None
            if interaction.by:
                await self._meter.ask(transaction, interaction.place, interaction.by)
            await transaction.execute(TOUCH, session)
            woken = await transaction.fetch(WAKE, session)
            return woken, await self._ownership.opened(transaction, session) if woken else ()

        reopened = await self._database.session(session, reopen)
        woken, archived = reopened or ((), ())
        for where in woken:
            log_events.session_woken(session, place_of(where))
        tell_archived(archived)
        return reopened is not None

    async def answer_to(self, session: SessionId, ref: str) -> tuple[str, int] | None:
        """The newest turn of a session, if it ended and answers a message, and how often it was run."""
        (rows,) = await self._database.read(ANSWER_TO(session, ref))
        return (str(rows[0][0]), int(rows[0][1] or 1)) if rows else None

    async def newest(self, session: SessionId, *, but: str = "") -> Answered | None:
        """The newest turn of a session that ended and answers what is not forgotten.

        What was said after it counts, ``but`` one message.
        """
        (rows,) = await self._database.read(NEWEST(session, but))
        if not rows:
            return None
        ((turn, run, refs, since),) = rows
        return Answered(str(turn), int(run or 1), next(iter(json.loads(str(refs))), ""), is_last=not since)

    async def is_busy(self, session: SessionId) -> bool:
        """Whether an answer is being written in a session, or waits to be."""
        (rows,) = await self._database.read(BUSY(session))
        return bool(rows)

    async def askers(self, session: SessionId, turn: str, *, upto: int = 0, before: int = 0) -> frozenset[str]:
        """The user ids of who asked what a turn answers; of no turn: of who asked what is not answered yet.

        ``upto`` is the newest message that a turn under way answers; what was asked after it is no matter of its.
        ``before`` a time in epoch microseconds: only of who had asked by then.
        """
        (rows,) = await self._database.read(ASKERS(session, turn, upto, before))
        return frozenset(str(author) for (author,) in rows)

    async def calibration(self) -> list[tuple[str, int, int]]:
        """Of the newest turns: the model, how many tokens the prompt was thought to have, and how many it had.

        The newest comes last, so that whoever learns from them learns most from it.
        """
        (rows,) = await self._database.read(NEWEST_COUNTS())
        return [(str(model), int(estimate or 0), int(counted or 0)) for model, estimate, counted in reversed(rows)]

    async def was_cleared(self, lease: Lease) -> bool:
        """Tell whether a turn that is lost was forgotten, so that nobody else writes or has written its answer."""
        (rows,) = await self._database.read(CLEARED(lease.session, lease.turn, lease.run))
        return bool(rows)
