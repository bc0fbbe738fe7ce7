"""Jobs are kept until they are done, and done once."""

from dataclasses import replace

import pytest

from chathakase.core.jobs import MAY_NOT, WHO_ARE_YOU, Command, Interaction, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.ports import JobStore
from chathakase.core.types import TurnAction
from tests.storage.database_stores import ID, PLACE, Talk

HELP = Job(Command(PLACE, "2", "U1", "help"))
PRESSED = Job(Interaction(PLACE, "3.1", "U2", TurnAction.RETRY, "ab12", 2))
STOPPED = Job(Interaction(PLACE, "3.2", "U2", TurnAction.STOP, said=3_200_000))
TOLD_ELSEWHERE = tuple(
    Job(Command(PLACE, "3.3", "U2", "rename session", "Trip", told_in=PLACE.beside(channel, thread), said=3_300_000))
    for channel, thread in ((PLACE.channel, "9.000001"), ("C9", "9.000001"), ("C9", ""), ("", ""), ("", "V123"))
)
"""In another thread, in another channel, and where somebody sees all of their threads."""


@pytest.fixture
def jobs(stores: Talk) -> JobStore:
    return stores.jobs


@pytest.mark.parametrize("job", [HELP, PRESSED, STOPPED, *TOLD_ELSEWHERE])
async def test_what_nobody_holds_is_taken_up_as_it_was(job: Job, jobs: JobStore, stores: Talk) -> None:
    assert await jobs.enqueue(job)
    assert await jobs.claim([PLACE.workspace_key]) == []
    stores.clock.now += LEASE_MS + 1
    assert await jobs.claim([PLACE.workspace_key]) == [replace(job, attempt=2)]
    assert await jobs.claim([PLACE.workspace_key]) == []


async def test_what_comes_again_is_no_second_job(jobs: JobStore, stores: Talk) -> None:
    assert await jobs.enqueue(PRESSED)
    assert not await jobs.enqueue(PRESSED)
    await jobs.done(PRESSED)
    assert not await jobs.enqueue(PRESSED)
    stores.clock.now += LEASE_MS + 1
    assert await jobs.claim([PLACE.workspace_key]) == []


async def test_what_two_people_press_at_one_moment_in_their_overviews_are_two_jobs(jobs: JobStore) -> None:
    home = PLACE.beside("")
    for by in ("U1", "U2"):
        assert await jobs.enqueue(Job(Command(PLACE, "4.1", by, "archive session", ID, told_in=home)))
        assert not await jobs.enqueue(Job(Command(PLACE, "4.1", by, "archive session", ID, told_in=home)))


async def test_nobody_is_told_twice_within_an_hour_that_they_are_turned_away(jobs: JobStore, stores: Talk) -> None:
    def told(ref: str, name: str = MAY_NOT, *, by: str = "U1", workspace: str = PLACE.workspace) -> Job:
        return Job(Command(replace(PLACE, workspace=workspace, thread=ref), ref, by, name))

    assert await jobs.enqueue(told("1"))
    assert not await jobs.enqueue(told("2")), "they will be told"
    await jobs.done(told("1"))
    assert not await jobs.enqueue(told("3", WHO_ARE_YOU))
    assert await jobs.enqueue(told("4", "help"))
    assert await jobs.enqueue(told("5", by="U2"))
    assert await jobs.enqueue(told("6", workspace="T2"))
    await jobs.release(told("5", by="U2"))
    assert not await jobs.enqueue(told("8", by="U2")), "they will be told by whoever comes next"
    stores.clock.now += 3_600_001
    assert await jobs.enqueue(told("7"))


async def test_what_is_to_be_done_in_another_workspace_is_left_to_whoever_is_there(
    jobs: JobStore, stores: Talk
) -> None:
    there = Job(replace(HELP.task, place=replace(PLACE, workspace="T2")))
    for job in (HELP, there):
        assert await jobs.enqueue(job)
    stores.clock.now += LEASE_MS + 1
    assert await jobs.claim([]) == []
    assert await jobs.claim([PLACE.workspace_key]) == [replace(HELP, attempt=2)]
    assert await jobs.claim([PLACE.workspace_key, there.task.place.workspace_key]) == [replace(there, attempt=2)]


async def test_only_whoever_is_first_notes_that_it_is_done(jobs: JobStore) -> None:
    await jobs.enqueue(HELP)
    assert await jobs.done(HELP)
    assert not await jobs.done(HELP)


async def test_a_hold_is_renewed(jobs: JobStore, stores: Talk) -> None:
    await jobs.enqueue(HELP)
    stores.clock.now += LEASE_MS - 1
    await jobs.hold([HELP])
    stores.clock.now += LEASE_MS - 1
    assert await jobs.claim([PLACE.workspace_key]) == []


async def test_what_is_released_is_taken_up_at_once_and_counts_no_attempt(jobs: JobStore, stores: Talk) -> None:
    await jobs.enqueue(HELP)
    await jobs.release(HELP)
    stores.clock.now += 1
    assert await jobs.claim([PLACE.workspace_key]) == [HELP]


async def test_whoever_lost_a_job_neither_holds_it_nor_puts_it_down(jobs: JobStore, stores: Talk) -> None:
    await jobs.enqueue(HELP)
    stores.clock.now += LEASE_MS + 1
    (taken,) = await jobs.claim([PLACE.workspace_key])
    await jobs.release(HELP)
    stores.clock.now += LEASE_MS - 1
    assert await jobs.claim([PLACE.workspace_key]) == [], "somebody else is at it"
    await jobs.hold([HELP])
    stores.clock.now += 2
    assert await jobs.claim([PLACE.workspace_key]) == [replace(taken, attempt=3)]


async def test_a_command_and_its_job_are_saved_together(jobs: JobStore, stores: Talk) -> None:
    assert await stores.say("2", "help", command=True)
    assert not await stores.say("2", "help", command=True)
    assert await stores.turns.claim(ID) is None
    stores.clock.now += LEASE_MS + 1
    assert await jobs.claim([PLACE.workspace_key]) == [replace(HELP, attempt=2, session=ID)]
