"""Taking a turn: by itself, or in the same unit of work in which the question is saved."""

import json
from dataclasses import dataclass
from uuid import uuid4

from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Lease, SessionId, TurnAction
from chathakase.storage.database import Database, Row, Statement, Transaction
from chathakase.storage.stores.place_columns import PLACE, SOMEWHERE, place_of
from chathakase.storage.stores.suspects import BLAMED_AFTER, MAY_RUN, MAY_RUN_ALONE, NOT_ALONE, SOMEBODY_WAS_ALONE
from chathakase.storage.stores.waiting import (
    FIRST_ASKED_AT,
    FIRST_ASKER,
    IS_REQUESTED,
    REFS_HERE,
    SINCE,
    TO_FORGET,
    WAITS,
    begun_before,
    free,
    said_at,
)

REQUESTED = "FROM turns WHERE turns.session = $1 AND turns.action IS NOT NULL ORDER BY turns.upto LIMIT 1"

CLAIMED = "FROM turns WHERE turns.id = sessions.turn"

# Whoever ends a turn because of a message ends it for what was said before that; what was asked later still waits.
ASKED_LATER = f"""
FROM messages m WHERE m.session = sessions.id AND m.role = 'user' AND m.asks = 1 AND m.seq > answered
    AND m.said > CASE WHEN $3 = '' THEN nullif($5, 0) ELSE {said_at("$3", "$5")} END
"""

RUNS_ALONE = f"($3 = '' AND $4 = 0 AND {MAY_RUN_ALONE})"

# Whoever claims has locked the session's row, so all of the session is as it stands. A turn that was not finished is
# gone on with: it keeps its name and its messages. Then comes a turn that is requested again, which has a row of its
# own already, and then what was not answered yet.
CLAIM = Statement(f"""
UPDATE sessions SET
    lease_owner = $2, lease_until = now_ms() + {LEASE_MS}, attempts = attempts + 1,
    turn = coalesce(turn, (SELECT turns.id {REQUESTED}), $2),
    turn_began = CASE WHEN turn_began > moved_at THEN turn_began ELSE now_ms() END,
    reply_refs = CASE WHEN turn IS NULL
        THEN coalesce((SELECT turns.reply_refs {REQUESTED}), '[]') ELSE {REFS_HERE} END,
    died_alone = died_alone + alone, alone = CASE WHEN {RUNS_ALONE} THEN 1 ELSE 0 END,
    suspect_until = CASE WHEN {RUNS_ALONE} THEN now_ms() ELSE 0 END
WHERE id = $1 AND deleting = 0 AND {SOMEWHERE} AND {WAITS} AND {free()} AND ($3 <> '' OR $4 = 1 OR {MAY_RUN})
    AND CASE WHEN $3 = '' THEN NOT {TO_FORGET} ELSE {begun_before("$3", "$5")} END
    AND ($5 = 0 OR {IS_REQUESTED} OR $5 > {FIRST_ASKED_AT})
RETURNING id, {PLACE}, turn, attempts, reply_refs,
    coalesce((SELECT turns.upto {CLAIMED}), (SELECT min(m.seq) - 1 {ASKED_LATER}), seq),
    (SELECT turns.action {CLAIMED}), coalesce((SELECT turns.run + 1 {CLAIMED}), 1), {SINCE}, {FIRST_ASKER},
    alone, died_alone >= {BLAMED_AFTER}, {SOMEBODY_WAS_ALONE}
""")


# No process died of it, and whoever takes it up next sees again whether it runs alone.
RELEASE = Statement("""
UPDATE sessions SET lease_owner = NULL, lease_until = 0, attempts = attempts - 1, alone = 0, suspect_until = 0
WHERE id = $1 AND lease_owner = $2
""")


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A turn that is taken once its unit of work is saved."""

    lease: Lease
    ends_solitude: bool
    """Another turn ran alone until then."""


async def take(
    transaction: Transaction, session: SessionId, *, before: str = "", to_end: bool = False, asked_before: int = 0
) -> NewClaim | None:
    """Take the turn of a session, as ``TurnStore.claim`` does; None when it is not to be had."""
    owner = uuid4().hex
    rows = await transaction.fetch(CLAIM, session, owner, before, int(to_end), asked_before)
    return NewClaim(_lease(owner, rows[0]), bool(rows[0][-1])) if rows else None


async def lease_of(claimed: NewClaim | None, database: Database) -> Lease | None:
    """The lease of a turn that was taken, once that is saved; None when it was not to be had."""
    if claimed is None:
        return None
    if claimed.ends_solitude:
        # Nothing has run beside it yet, so that it does no harm if this is refused.
        await database.write(NOT_ALONE, claimed.lease.session)
    return claimed.lease


async def release_lease(lease: Lease, database: Database) -> None:
    """Put a turn down unfinished, for whoever comes next."""
    await database.write(RELEASE, lease.session, lease.owner)


def _lease(owner: str, row: Row) -> Lease:
    session, *where, turn, attempt, refs, upto, action, run, since, by, alone, blamed, _ = row
    return Lease(
        SessionId(str(session)),
        place_of(where),
        owner,
        str(turn),
        since=int(since or 0),
        upto=int(upto or 0),
        attempt=int(attempt or 1),
        refs=tuple(json.loads(str(refs))),
        action=TurnAction(str(action)) if action else None,
        run=int(run or 1),
        by=str(by or ""),
        alone=bool(alone),
        blamed=bool(blamed),
    )
