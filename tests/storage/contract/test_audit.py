"""Who did what is noted once, in the order in which it was done, and kept for 400 days."""

from dataclasses import replace

import pytest

from chathakase.core.audit import AuditEntry, AuditEvent, AuditOutcome, Deed
from chathakase.core.jobs import CLEAR_SESSION, Command, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.moments import DAY
from chathakase.core.types import SessionId
from tests.storage.database_stores import ID, PLACE, Talk

EVENTS = [
    AuditEvent(Deed.CLEAR, amount=7),
    AuditEvent(Deed.RENAME, AuditOutcome.REFUSED),
    AuditEvent(Deed.LIFT, person="U2"),
    AuditEvent(Deed.EXPORT, AuditOutcome.INTERRUPTED),
    AuditEvent(Deed.FORGET_ONE, person="U3", amount=0),
]
CLEARED = AuditEvent(Deed.CLEAR, amount=7)


def job(number: int, workspace: str = PLACE.workspace) -> Job:
    return Job(Command(replace(PLACE, workspace=workspace), f"{number}.5", "U1", CLEAR_SESSION, "secret"))


async def do(stores: Talk, number: int, event: AuditEvent | None = CLEARED, **fields: str) -> None:
    enqueued = await stores.jobs.enqueue(job(number, **fields))
    assert enqueued
    assert await stores.jobs.done(enqueued, event)


async def told(stores: Talk, *, limit: int = 99, skip: int = 0) -> list[AuditEvent]:
    return [each.event for each in await stores.audit.newest(PLACE.workspace_key, limit=limit, skip=skip)]


async def test_the_newest_comes_first_as_it_was(stores: Talk) -> None:
    began = stores.clock.now
    await stores.say("1", "hello")
    for number, event in enumerate(EVENTS):
        await do(stores, number, event)
        stores.clock.now += 10
    assert await stores.audit.newest(PLACE.workspace_key, limit=99) == [
        AuditEntry(began + 10 * number, "U1", EVENTS[number], PLACE, ID) for number in (4, 3, 2, 1, 0)
    ]
    assert await told(stores, limit=2, skip=1) == EVENTS[3:1:-1]


async def test_what_is_about_no_session_is_told_as_well_and_what_is_no_deed_is_not(stores: Talk) -> None:
    await do(stores, 1)
    await do(stores, 2, None)
    (entry,) = await stores.audit.newest(PLACE.workspace_key, limit=9)
    assert entry.session == SessionId("")


async def test_it_is_noted_by_whoever_notes_first_that_it_is_done(stores: Talk) -> None:
    await do(stores, 1)
    assert not await stores.jobs.done(job(1), AuditEvent(Deed.EXPORT))
    assert await told(stores) == [CLEARED]


@pytest.mark.parametrize("later", [None, AuditEvent(Deed.CLEAR, AuditOutcome.INTERRUPTED)])
async def test_what_was_done_before_it_was_put_down_is_noted_once(later: AuditEvent | None, stores: Talk) -> None:
    assert await stores.jobs.enqueue(job(1))
    await stores.jobs.release(job(1), CLEARED)
    stores.clock.now += 1
    (again,) = await stores.jobs.claim([PLACE.workspace_key])
    assert again.attempt == 2, "what was done is not done as if it had not been"
    await stores.jobs.release(again, later)
    stores.clock.now += 1
    (again,) = await stores.jobs.claim([PLACE.workspace_key])
    assert await stores.jobs.done(again, later)
    assert await told(stores) == [CLEARED]


async def test_whoever_lost_a_job_leaves_it_to_the_other_to_note_what_it_did(stores: Talk) -> None:
    assert await stores.jobs.enqueue(job(1))
    stores.clock.now += LEASE_MS + 1
    (taken,) = await stores.jobs.claim([PLACE.workspace_key])
    await stores.jobs.release(job(1), AuditEvent(Deed.EXPORT))
    assert await stores.jobs.done(taken, CLEARED)
    await stores.jobs.release(job(1), AuditEvent(Deed.EXPORT))
    assert await told(stores) == [CLEARED]


async def test_each_workspace_has_a_log_of_its_own(stores: Talk) -> None:
    await do(stores, 1, workspace="T2")
    assert await told(stores) == []
    assert len(await stores.audit.newest(replace(PLACE, workspace="T2").workspace_key, limit=9)) == 1


async def test_it_is_kept_for_four_hundred_days(stores: Talk) -> None:
    for number in range(120):
        await do(stores, number)
    stores.clock.now += 400 * DAY
    await do(stores, 999, EVENTS[1])
    assert await stores.audit.prune() == 0
    stores.clock.now += 1
    assert await stores.audit.prune() == 120
    assert await told(stores) == [EVENTS[1]]
    stores.clock.now += 2
    await do(stores, 1000)
    assert await told(stores) == [CLEARED, EVENTS[1]]
