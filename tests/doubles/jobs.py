"""What is to be done once, and what people were told once, in memory."""

from collections.abc import Collection
from dataclasses import replace

from chathakase.core.audit import AuditEntry, AuditEvent
from chathakase.core.jobs import MUTED, TURNED_AWAY, Command, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.moments import DAY
from chathakase.core.ports import AuditStore, HintStore, JobStore
from chathakase.core.types import NO_SESSION, Place, Role, SessionId, WorkspaceKey
from tests.doubles.records import JobRecord, Records

HOUR_MS = 3_600_000


def enqueue(records: Records, job: Job, session: SessionId) -> Job | None:
    """Save a job and hold it; None when it was had already."""
    if job.key in records.jobs:
        return None
    enqueued = replace(job, session=session)
    records.jobs[job.key] = JobRecord(enqueued, records.now() + LEASE_MS)
    return enqueued


def _turns_away(job: Job) -> bool:
    return isinstance(job.task, Command) and job.task.name in TURNED_AWAY


def _muted(job: Job) -> str:
    """The channel of which a job tells that it is muted, if it does."""
    return job.task.place.channel if isinstance(job.task, Command) and job.task.name == MUTED else ""


class JobsInMemory(JobStore):
    """Remembers jobs."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def enqueue(self, job: Job) -> Job | None:
        await self._records.trips.make("jobs.enqueue")
        session = self._records.at(job.task.place)
        if _turns_away(job) and self._was_turned_away(job):
            return None
        return enqueue(self._records, job, session.id if session else NO_SESSION)

    async def claim(self, workspaces: Collection[WorkspaceKey]) -> list[Job]:
        await self._records.trips.make("jobs.claim")
        left = [
            each
            for (workspace, _), each in self._records.jobs.items()
            if workspace in workspaces and self._is_left(each)
        ]
        for each in left:
            each.job = replace(each.job, attempt=each.job.attempt + 1)
            each.until = self._records.now() + LEASE_MS
        return [each.job for each in left]

    async def hold(self, jobs: Collection[Job]) -> None:
        await self._records.trips.make("jobs.hold")
        for job in jobs:
            if (held := self._held(job)) is not None:
                held.until = self._records.now() + LEASE_MS

    async def release(self, job: Job, event: AuditEvent | None = None) -> None:
        await self._records.trips.make("jobs.release")
        if (held := self._held(job)) is not None:
            self._audit(held, event)
            held.job, held.until = replace(job, attempt=job.attempt - (event is None)), 0

    async def done(self, job: Job, event: AuditEvent | None = None) -> bool:
        await self._records.trips.make("jobs.done")
        record = self._records.jobs.get(job.key)
        if record is None or record.done:
            return False
        self._audit(record, event)
        record.done, record.until = True, self._records.now()
        return True

    def _was_turned_away(self, job: Job) -> bool:
        """Whether the same person was told so within the hour, or will be."""
        since = self._records.now() - HOUR_MS
        return any(
            _turns_away(each.job) and (not each.done or each.until >= since)
            for (workspace, _), each in self._records.jobs.items()
            if (workspace, each.job.task.by, _muted(each.job)) == (job.key[0], job.task.by, _muted(job))
        )

    def _audit(self, record: JobRecord, event: AuditEvent | None) -> None:
        if event and not record.audited:
            task, record.audited = record.job.task, True
            entry = AuditEntry(self._records.now(), task.by, event, task.place, record.job.session)
            self._records.audit.append(entry)

    def _is_left(self, record: JobRecord) -> bool:
        return not record.done and self._records.is_free(record.until)

    def _held(self, job: Job) -> JobRecord | None:
        """What is still ours: whoever claimed it since counted its attempts up."""
        record = self._records.jobs.get(job.key)
        is_ours = record is not None and not record.done and record.job.attempt == job.attempt
        return record if is_ours else None


class AuditInMemory(AuditStore):
    """Remembers who did what."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def newest(self, workspace: WorkspaceKey, *, limit: int, skip: int = 0) -> list[AuditEntry]:
        await self._records.trips.make("audit.newest")
        there = [each for each in self._records.audit if each.place.workspace_key == workspace]
        return there[::-1][skip : skip + limit]

    async def prune(self) -> int:
        await self._records.trips.make("audit.prune")
        before = len(self._records.audit)
        self._records.audit = [each for each in self._records.audit if each.at >= self._records.now() - 400 * DAY]
        return before - len(self._records.audit)


class HintsInMemory(HintStore):
    """Remembers who was told what."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def tell(self, person: str, place: Place, hint: str, *, teller: str) -> bool:
        await self._records.trips.make("hints.tell")
        return self._records.hints.setdefault((place.workspace_key, person, hint), teller) == teller

    async def has_replied(self, person: str, place: Place) -> bool:
        await self._records.trips.make("hints.has_replied")
        here = [
            each
            for each in self._records.sessions
            if each.place.beside(each.place.channel) == place.beside(place.channel)
        ]
        return any(
            message.author == person and message.ref != session.place.thread
            for session in here
            for message in session.spoken(Role.USER)
        )
