"""What becomes of a whole session because somebody wants it: it is archived, or its deletion begins."""

from chathakase.core.audit import AuditEvent
from chathakase.core.jobs import DELETE_SESSION, Job
from chathakase.core.types import SessionId
from chathakase.storage.database import Row, Statement, Transaction
from chathakase.storage.stores.expiry import MARK
from chathakase.storage.stores.job_store import add_to_audit_log, key_of
from chathakase.storage.stores.place_columns import PLACE, SOMEWHERE, where_is
from chathakase.storage.stores.waiting import NO_TURN, WAITS, free, said_at

ARCHIVE_ONE = Statement(f"""
UPDATE sessions SET archived_at = now_ms(), archived_by = $2
WHERE id = $1 AND deleting = 0 AND NOT ({SOMEWHERE} AND {WAITS}) AND {free()}
RETURNING id, {PLACE}
""")

# What was asked since is nothing that anybody wanted to have deleted.
MARK_WANTED = Statement(f"""
{MARK}, {NO_TURN} WHERE id = $1 AND deleting = 0
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.session = $1 AND m.asks = 1 AND m.said > {said_at("$2", "$3")})
RETURNING id, {PLACE}
""")

FOR_EVER = 1 << 53
"""Epoch milliseconds that never come: the surface still has what was said, and it must not be read from there again."""

ADD_LASTING_TOMBSTONE = Statement(f"""
INSERT INTO tombstones ({PLACE}, said, at)
SELECT {where_is("s")}, (SELECT max(said) FROM messages WHERE session = s.id), {FOR_EVER} FROM sessions s
WHERE s.id = $1 AND s.surface <> '' AND EXISTS (SELECT 1 FROM messages WHERE session = s.id)
ON CONFLICT ({PLACE}) DO UPDATE SET said = greatest(tombstones.said, excluded.said), at = excluded.at
""")

HAS_DELETED = Statement(f"""
SELECT 1 FROM jobs WHERE surface = $1 AND workspace = $2 AND id = $3 AND command = '{DELETE_SESSION}' AND audited = 1
""")


async def archive(transaction: Transaction, session: SessionId, by: str) -> list[Row]:
    """Archive a session for a person; returns where it is, nothing if something waits or is being answered there."""
    return await transaction.fetch(ARCHIVE_ONE, session, by)


async def begin_deletion(transaction: Transaction, session: SessionId, job: Job, event: AuditEvent) -> list[Row]:
    """Mark a session as deleted, and note in the audit log that a job did that; returns where it is.

    Nothing if it is gone already, or if something was asked there after the job's command was said.
    """
    marked = await transaction.fetch(MARK_WANTED, session, job.task.ref, job.task.said)
    if marked:
        await transaction.execute(ADD_LASTING_TOMBSTONE, session)
        await add_to_audit_log(transaction, job, event)
    return marked


async def has_deleted(transaction: Transaction, job: Job) -> bool:
    """Whether it was this job that deleted the session that it is about."""
    return bool(await transaction.fetch(HAS_DELETED, *key_of(job)))
