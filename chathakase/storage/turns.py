"""Who may answer: leases on sessions, and the record of each turn."""

import json
from collections.abc import Callable, Sequence
from uuid import uuid4

from chathakase.core.types import Lease, Place, Result
from chathakase.storage.database import Database

LEASE_MS = 8_000
"""How long a turn is held without a renewal, in milliseconds."""

WAITING = "SELECT id FROM sessions WHERE asked > answered AND lease_until < $1 ORDER BY lease_until LIMIT 1000"

# Every condition stands on the session's own row, so that of two claimants one finds nothing to update. A turn that
# was not finished is gone on with: it keeps its name and its messages.
CLAIM = """
UPDATE sessions SET
    lease_owner = $2, lease_until = $3, attempts = attempts + 1,
    turn = coalesce(turn, $2), turn_began = coalesce(turn_began, $4)
WHERE id = $1 AND asked > answered AND lease_until < $4
RETURNING channel, thread, seq, attempts, turn, reply_refs
"""

RENEW = "UPDATE sessions SET lease_until = $3 WHERE id = $1 AND lease_owner = $2"

NOTE_REPLY = "UPDATE sessions SET reply_refs = $3 WHERE id = $1 AND lease_owner = $2"

RECORD = """
INSERT INTO turns (
    id, session, upto, attempts, reply_refs, began_at,
    outcome, error, model, prompt_tokens, completion_tokens, ended_at)
SELECT turn, id, $3, attempts, reply_refs, turn_began, $4, $5, $6, $7, $8, $9
FROM sessions WHERE id = $1 AND lease_owner = $2
"""

FINISH = """
UPDATE sessions SET
    answered = $3, seq = seq + 1, active_at = $4, lease_owner = NULL, lease_until = 0,
    turn = NULL, turn_began = NULL, attempts = 0, reply_refs = '[]'
WHERE id = $1 AND lease_owner = $2
RETURNING seq
"""

ADD_ANSWER = """
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, at)
VALUES ($1, $2, 'assistant', $3, '', $4, $5, $6)
"""

RELEASE = """
UPDATE sessions SET lease_owner = NULL, lease_until = 0, attempts = attempts - 1 WHERE id = $1 AND lease_owner = $2
"""


class Turns:
    """Says who may answer (a TurnStore)."""

    def __init__(self, database: Database, *, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def waiting(self) -> list[str]:
        """The ids of sessions in which something waits and nobody works."""
        return [str(row[0]) for row in await self._database.fetch(WAITING, self._now())]

    async def claim(self, session_id: str) -> Lease | None:
        """Take the turn of a session; None when nothing waits or somebody holds it."""
        now, owner = self._now(), uuid4().hex
        async with self._database.transaction() as transaction:
            rows = await transaction.fetch(CLAIM, session_id, owner, now + LEASE_MS, now)
        if not rows:
            return None
        channel, thread, upto, attempt, turn, refs = rows[0]
        place = Place(str(channel), str(thread))
        return Lease(place, owner, str(turn), int(upto or 0), int(attempt or 1), tuple(json.loads(str(refs))))

    async def renew(self, lease: Lease) -> bool:
        """Hold on to a turn; False when it is lost."""
        async with self._database.transaction() as transaction:
            until = self._now() + LEASE_MS
            return bool(await transaction.execute(RENEW, lease.place.session_id, lease.owner, until))

    async def note_reply(self, lease: Lease, refs: Sequence[str]) -> None:
        """Remember the messages that a turn is writing, so that a later try edits them."""
        async with self._database.transaction() as transaction:
            await transaction.execute(NOTE_REPLY, lease.place.session_id, lease.owner, json.dumps(list(refs)))

    async def finish(self, lease: Lease, result: Result) -> bool:
        """Save the answer and the cursor and end the lease; False, and nothing saved, when it is lost."""
        now, session_id, upto = self._now(), lease.place.session_id, lease.upto
        usage = result.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
        record = (result.outcome, result.error, result.model, *tokens, now)
        async with self._database.transaction() as transaction:
            await transaction.fetch(RECORD, session_id, lease.owner, upto, *record)
            rows = await transaction.fetch(FINISH, session_id, lease.owner, upto, now)
            if rows and result.text:
                answer = (rows[0][0], result.text, lease.turn, upto, now)
                await transaction.fetch(ADD_ANSWER, session_id, *answer)
        return bool(rows)

    async def release(self, lease: Lease) -> None:
        """Put a turn down unfinished, for whoever comes next."""
        async with self._database.transaction() as transaction:
            await transaction.execute(RELEASE, lease.place.session_id, lease.owner)

    async def is_free(self, session_id: str) -> bool:
        """Tell whether nobody holds the session's turn (also when there is no such session)."""
        rows = await self._database.fetch("SELECT lease_owner FROM sessions WHERE id = $1", session_id)
        return not rows or rows[0][0] is None
