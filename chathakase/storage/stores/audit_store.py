"""Who did what."""

from chathakase.core.audit import AuditEntry, AuditEvent, AuditOutcome, Deed
from chathakase.core.jobs import Job
from chathakase.core.moments import DAY
from chathakase.core.types import SessionId, WorkspaceKey
from chathakase.storage.database import Database, Row, Statement, Transaction
from chathakase.storage.stores.place_columns import PLACE, columns_of, place_of
from chathakase.storage.stores.pruning import prune_in_batches

ADD = Statement(f"""
INSERT INTO audit (at, {PLACE}, session, who, deed, outcome, person, amount)
VALUES (now_ms(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
""")

ADD_FOR_ALL = Statement("""
INSERT INTO audit (at, surface, workspace, channel, thread, session, who, deed, outcome, person, amount)
SELECT DISTINCT now_ms(), surface, workspace, '', '', '', '', $1, $2, '', CAST($3 AS BIGINT)
FROM sessions WHERE surface <> ''
""")

ENTRY = f"SELECT at, who, deed, outcome, person, amount, session, {PLACE} FROM audit"

NEWEST = Statement(f"{ENTRY} WHERE surface = $1 AND workspace = $2 ORDER BY id DESC LIMIT $3 OFFSET $4")

NEWEST_OF_ALL = Statement(f"{ENTRY} ORDER BY id DESC LIMIT $1")

KEPT_DAYS = 400
"""How long it is known who did what: as long as it is known what was used."""

PRUNE = Statement(f"""
DELETE FROM audit WHERE id IN
    (SELECT id FROM audit WHERE at < now_ms() - {KEPT_DAYS * DAY} LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id
""")


class SqlAuditStore:
    """Remembers who did what (an AuditStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, workspace: WorkspaceKey, *, limit: int, skip: int = 0) -> list[AuditEntry]:
        """What was done in a workspace, the newest first, without so many of them."""
        (rows,) = await self._database.read(NEWEST(*workspace, limit, skip))
        return [_entry(row) for row in rows]

    async def newest_of_all(self, *, limit: int) -> list[AuditEntry]:
        """What was done in all workspaces, the newest first."""
        (rows,) = await self._database.read(NEWEST_OF_ALL(limit))
        return [_entry(row) for row in rows]

    async def prune(self) -> int:
        """Delete what is older than it may get, in small transactions; returns how many rows."""
        return await prune_in_batches(self._database, PRUNE)

    async def add_for_all(self, event: AuditEvent) -> None:
        """Note in each workspace that has sessions what somebody did to all of them on the command line."""
        await self._database.write(ADD_FOR_ALL, event.deed, event.outcome, event.amount)


async def add(transaction: Transaction, job: Job, event: AuditEvent) -> None:
    """Note what a job did, with whatever else a transaction saves."""
    about = (*columns_of(job.task.place), job.session, job.task.by)
    await transaction.execute(ADD, *about, event.deed, event.outcome, event.person, event.amount)


def _entry(row: Row) -> AuditEntry:
    at, who, deed, outcome, person, amount, session, *place = row
    counted = None if amount is None else int(amount)
    event = AuditEvent(Deed(str(deed)), AuditOutcome(str(outcome)), str(person), counted)
    return AuditEntry(int(at or 0), str(who), event, place_of(place), SessionId(str(session)))
