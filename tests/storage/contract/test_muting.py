"""Which channels are muted, in each workspace by itself."""

from dataclasses import replace

from chathakase.core.jobs import MAY_NOT, MUTED, Command, Job
from tests.storage.database_stores import PLACE, Talk

CHANNEL, OTHER, ELSEWHERE = PLACE.beside("C1"), PLACE.beside("C2"), replace(PLACE.beside("C1"), workspace="T2")


async def test_a_channel_is_muted_once_whatever_thread_of_it_that_is_said_in(stores: Talk) -> None:
    assert await stores.muting.mute(PLACE, by="U1")
    assert not await stores.muting.mute(CHANNEL, by="U1")
    assert not await stores.muting.mute(PLACE.beside("C1", "9.9"), by="U2")
    assert await stores.muting.muted([PLACE.workspace_key]) == {CHANNEL}
    assert await stores.muting.unmute(PLACE.beside("C1", "8.8"))
    assert not await stores.muting.unmute(CHANNEL)
    assert await stores.muting.muted([PLACE.workspace_key]) == frozenset()


async def test_another_workspace_may_have_a_channel_of_that_id(stores: Talk) -> None:
    for channel in (CHANNEL, OTHER, ELSEWHERE):
        assert await stores.muting.mute(channel, by="U1")
    assert await stores.muting.muted([PLACE.workspace_key]) == {CHANNEL, OTHER}
    assert await stores.muting.muted([ELSEWHERE.workspace_key]) == {ELSEWHERE}
    assert await stores.muting.muted([PLACE.workspace_key, ELSEWHERE.workspace_key]) == {CHANNEL, OTHER, ELSEWHERE}
    assert await stores.muting.muted([]) == frozenset()
    assert await stores.muting.unmute(ELSEWHERE)
    assert await stores.muting.muted([PLACE.workspace_key]) == {CHANNEL, OTHER}


async def test_of_each_muted_channel_people_are_told_once_an_hour(stores: Talk) -> None:
    def told(ref: str, channel: str, name: str = MUTED, by: str = "U1") -> Job:
        return Job(Command(PLACE.beside(channel, ref), ref, by, name))

    assert await stores.jobs.enqueue(told("1", "C1", MAY_NOT))
    assert await stores.jobs.enqueue(told("2", "C1")), "that is something else"
    assert not await stores.jobs.enqueue(told("3", "C1"))
    assert await stores.jobs.enqueue(told("4", "C2"))
    assert await stores.jobs.enqueue(told("5", "C1", by="U2"))
    assert not await stores.jobs.enqueue(told("6", "C3", MAY_NOT))
    for job in (told("2", "C1"), told("4", "C2")):
        await stores.jobs.done(job)
    stores.clock.now += 3_600_001
    assert await stores.jobs.enqueue(told("7", "C1"))
