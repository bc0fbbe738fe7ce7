"""Jobs that are enqueued: the answers to commands, and what people want by buttons."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from chathakase.cancellation import or_undone
from chathakase.core.audit import AuditEvent
from chathakase.core.jobs import DELETE_SESSION, MUTED, TURNED_AWAY, Command, Interaction, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Place, SessionId, TurnAction, WorkspaceKey
from chathakase.storage.database import Database, Row, Statement, Transaction, Value
from chathakase.storage.stores import audit_store
from chathakase.storage.stores.place_columns import HERE, IN_ONE_OF, PLACE, columns_of, place_of, workspaces_as_json
from chathakase.storage.stores.waiting import free

ENQUEUE = Statement(f"""
INSERT INTO jobs (
    {PLACE}, session, id, ref, author, command, argument, action, turn, run, told_channel, told_thread, said,
    held_until)
VALUES ($1, $2, $3, $4, coalesce((SELECT id FROM sessions WHERE {HERE}), ''),
    $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, CASE WHEN $16 = 1 THEN now_ms() + {LEASE_MS} ELSE 0 END)
ON CONFLICT (surface, workspace, id) DO NOTHING
RETURNING session
""")

LEFT = f"done_at IS NULL AND {free('held_until')} AND {IN_ONE_OF}"

ANY_LEFT = Statement(f"SELECT 1 FROM jobs WHERE {LEFT} LIMIT 1")

CLAIM = Statement(f"""
UPDATE jobs SET attempts = attempts + 1, held_until = now_ms() + {LEASE_MS}
WHERE (surface, workspace, id) IN
    (SELECT surface, workspace, id FROM jobs WHERE {LEFT} FOR UPDATE SKIP LOCKED)
RETURNING session, {PLACE}, ref, author, command, argument, action, turn, run, told_channel, told_thread, said, attempts
""")

THIS = "surface = $1 AND workspace = $2 AND id = $3"
"""Of a row of ``jobs``: it is the one that the first three parameters tell."""

# Whoever claimed one since counted its attempts up, and holds it now.
HOLD = Statement(f"""
UPDATE jobs SET held_until = now_ms() + {LEASE_MS} WHERE done_at IS NULL AND (surface, workspace, id, attempts) IN
    (SELECT json_at(value, 0), json_at(value, 1), json_at(value, 2), CAST(json_at(value, 3) AS BIGINT)
    FROM json_items($1))
""")

RELEASE = Statement(f"""
UPDATE jobs SET held_until = 0, attempts = attempts - 1 WHERE {THIS} AND attempts = $4 AND done_at IS NULL
""")

# What was said behind a command is of no use any more, and nobody would find it to forget it. What asks for a
# session's deletion, or does it, outlives the session, so that it is not done again.
DONE = Statement(f"""
UPDATE jobs SET done_at = now_ms(), argument = '',
    session = CASE WHEN command = '{DELETE_SESSION}' THEN '' ELSE session END
WHERE {THIS} AND done_at IS NULL RETURNING audited
""")

LET_GO = Statement(f"UPDATE jobs SET held_until = 0 WHERE {THIS} AND attempts = $4 AND done_at IS NULL")

AUDITED = Statement(f"""
UPDATE jobs SET audited = 1 WHERE {THIS} AND attempts = $4 AND done_at IS NULL AND audited = 0
""")

TOLD_THERE = (None, "")
"""The columns of a job that is answered where it is to be done."""

KEPT_MS = 3_600_000
"""How long it is known that something was done; Slack delivers an event again for about six minutes."""

# Few are turned away, and few jobs are known at once.
WAS_TURNED_AWAY = Statement(f"""
SELECT 1 FROM jobs WHERE surface = $1 AND workspace = $2 AND author = $3
    AND command IN (SELECT value FROM json_items($4)) AND ($5 = '' OR channel = $5)
    AND (done_at IS NULL OR done_at >= now_ms() - {KEPT_MS})
""")

FORGET_DONE = Statement(f"DELETE FROM jobs WHERE done_at < now_ms() - {KEPT_MS}")


class SqlJobStore:
    """Remembers jobs (a JobStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, job: Job) -> Job | None:
        """Save a job and hold it; returns it with the session that it is about, None when it was had already."""
        if isinstance(job.task, Command) and job.task.name in TURNED_AWAY:
            return await self._database.session(job.task.place, lambda transaction: _turn_away(transaction, job))
        return _enqueued(job, await self._database.write(ENQUEUE, *_values(job), 1))

    async def claim(self, workspaces: Collection[WorkspaceKey]) -> list[Job]:
        """Take what is not done in some workspaces and nobody holds."""
        where = workspaces_as_json(workspaces)
        (left,) = await self._database.read(ANY_LEFT(where))
        return await or_undone(self._claim(where), self._release_all) if left else []

    async def _claim(self, where: str) -> list[Job]:
        return [_job(row) for row in await self._database.write(CLAIM, where)]

    async def _release_all(self, jobs: Collection[Job]) -> None:
        for job in jobs:
            await self.release(job)

    async def hold(self, jobs: Collection[Job]) -> None:
        """Hold on to some jobs, but for those that somebody else took since."""
        held = [(*key_of(job), job.attempt) for job in jobs]
        await self._database.write(HOLD, json.dumps(held))

    async def release(self, job: Job, event: AuditEvent | None = None) -> None:
        """Put a job down undone, for whoever comes next, with a note of what it did already."""

        async def put_down(transaction: Transaction) -> None:
            if event:
                await add_to_audit_log(transaction, job, event)
            await transaction.execute(LET_GO if event else RELEASE, *key_of(job), job.attempt)

        await self._database.session(job.task.place, put_down)

    async def done(self, job: Job, event: AuditEvent | None = None) -> bool:
        """Note that a job is done, and in the audit log what it did; False when that is noted already."""

        async def note(transaction: Transaction) -> bool:
            noted = await transaction.fetch(DONE, *key_of(job))
            if event and any(not audited for (audited,) in noted):
                await audit_store.add(transaction, job, event)
            await transaction.execute(FORGET_DONE)
            return bool(noted)

        return await self._database.session(job.task.place, note)


async def enqueue(transaction: Transaction, job: Job, *, held: bool = True) -> Job | None:
    """Save a job with whatever else a transaction saves; None when it was had already.

    Unless it is to be ``held``, whoever looks next for what nobody holds does it.
    """
    return _enqueued(job, await transaction.fetch(ENQUEUE, *_values(job), int(held)))


async def add_to_audit_log(transaction: Transaction, job: Job, event: AuditEvent) -> None:
    """Note what a job that is not done yet did, unless it is noted already."""
    if await transaction.execute(AUDITED, *key_of(job), job.attempt):
        await audit_store.add(transaction, job, event)


async def _turn_away(transaction: Transaction, job: Job) -> Job | None:
    """Save what tells somebody that they are turned away; None when they were told within the hour."""
    place, is_muted = job.task.place, isinstance(job.task, Command) and job.task.name == MUTED
    alike = {MUTED} if is_muted else TURNED_AWAY - {MUTED}
    about = (*place.workspace_key, job.task.by, json.dumps(sorted(alike)), place.channel if is_muted else "")
    return None if await transaction.fetch(WAS_TURNED_AWAY, *about) else await enqueue(transaction, job)


def _enqueued(job: Job, rows: Sequence[Row]) -> Job | None:
    return replace(job, session=SessionId(str(rows[0][0]))) if rows else None


def _values(job: Job) -> tuple[Value, ...]:
    task = job.task
    about = (*columns_of(task.place), job.id, task.ref, task.by)
    if isinstance(task, Command):
        told_in = (task.told_in.channel, task.told_in.thread) if task.told_in else TOLD_THERE
        what: tuple[Value, ...] = (task.name, task.argument, None, "", 1, *told_in, task.said)
    else:
        what = (None, "", task.action, task.turn, task.run, *TOLD_THERE, task.said)
    return (*about, *what)


def key_of(job: Job) -> tuple[str, str, str]:
    """What tells a job's row from all others: its workspace, with the surface first, and its id."""
    workspace, id_ = job.key
    return *workspace, id_


def _job(row: Row) -> Job:
    session, *where, ref, author, command, argument, action, turn, run, told_channel, told_thread, said, attempts = row
    place = place_of(where)
    task: Command | Interaction
    if command is not None:
        told_in = _told_in(place, told_channel, str(told_thread))
        task = Command(place, str(ref), str(author), str(command), str(argument), told_in, int(said or 0))
    else:
        what = (TurnAction(str(action)), str(turn), int(run or 1), int(said or 0))
        task = Interaction(place, str(ref), str(author), *what)
    return Job(task, int(attempts or 1), SessionId(str(session)))


def _told_in(place: Place, channel: Value, thread: str) -> Place | None:
    """Where a command is answered that is about a place, if that is elsewhere."""
    if (channel, thread) == TOLD_THERE:
        return None
    # Of what an older version stored the channel is not told, which is the same.
    return place.beside(place.channel if channel is None else str(channel), thread)
