"""What waits is answered, whoever left it, and whatever else happens at that moment."""

import asyncio
from dataclasses import replace

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import SessionId, TurnAction
from chathakase.engine.turns.outage import TOLD
from tests.doubles.engine_stage import HOME, PLACE, now, open_stage, said
from tests.doubles.stores import StoresInMemory
from tests.engine.sessions.threads import A_SECOND, answered_in, thread

pytestmark = pytest.mark.virtual_time


async def test_what_waits_when_it_starts_is_answered() -> None:
    stores = StoresInMemory(now)
    for number in (1, 2):
        await stores.sessions.append(said(str(number), place=thread(number)))
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        assert sorted(answered_in(stage)) == ["1", "2"]


async def test_what_is_said_elsewhere_is_left_to_whoever_is_there() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1", place=replace(PLACE, workspace="T2")))
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        assert stage.surface.replies == []


async def test_what_a_process_left_is_taken_up_once_its_lease_has_ended() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1"))
    (session,) = await stores.turns.waiting([HOME])
    dead = await stores.turns.claim(session.id)
    assert dead is not None
    await stores.turns.note_reply(dead, ["r0"])
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        await asyncio.sleep(LEASE_MS / 1000)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.replies == [], "it is held to the very end"
        await asyncio.sleep(0.001)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        (reply,) = stage.surface.replies
        assert reply.lease is not None
        assert (reply.lease.turn, reply.lease.refs, reply.lease.attempt) == (dead.turn, ("r0",), 2)


async def test_what_is_said_at_the_last_moment_of_a_turn_is_answered() -> None:
    """While it is on its way that nothing else waits, which was true a moment ago."""
    async with open_stage() as stage:
        ask = stage.stores.turns.next_asker

        async def next_asker(session: SessionId) -> str | None:
            asker = await ask(session)
            await asyncio.sleep(1)
            return asker

        stage.stores.turns.next_asker = next_asker  # type: ignore[method-assign]
        await stage.say("1")
        await asyncio.sleep(1.5)
        assert stage.surface.finals == ["Fine."]
        await stage.say("2")
        await stage.quiet()
        assert stage.surface.finals == ["Fine.", "Fine."]


async def test_everything_that_waits_in_a_session_is_answered_one_thing_after_another() -> None:
    stores = StoresInMemory(now)
    async with open_stage([ModelError("timeout", "Try again.")], stores=stores) as stage:
        await stage.answered("1")
        lease = stage.reply.lease
        assert lease is not None
    await stores.turns.reopen(lease.session, Interaction(PLACE, "p1", "U1", TurnAction.RETRY, lease.turn))
    await stores.sessions.append(said("2"))
    async with open_stage(["a1"], ["a2"], stores=stores) as later:
        await later.quiet()
        assert later.surface.finals == ["a1", "a2"]
        assert later.remembered() == ["q1", "a1", "q2", "a2"]


async def test_looking_for_what_waits_disturbs_nothing_that_is_answered() -> None:
    async with open_stage(A_SECOND) as stage:
        await stage.say("1")
        for _ in range(5):
            await asyncio.sleep(0.1)
            await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert (len(stage.model.prompts), stage.surface.finals) == (1, ["Yes."])
        assert stage.stores.trips.times("turns.next_asker") == []


async def test_whoever_asked_hears_that_the_database_fails_while_they_are_answered() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("memory.memory")
        await stage.engine.submit(said("1"))
        await stage.quiet()
        await asyncio.sleep(1)
        assert (stage.surface.ephemerals, stage.model.prompts) == ([("U1", TOLD)], [])
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]


async def test_a_command_that_a_process_left_is_done_once() -> None:
    stores = StoresInMemory(now)
    command = Job(Command(PLACE, "2", "U1", "help"))
    await stores.jobs.enqueue(command)
    await asyncio.sleep(LEASE_MS / 1000 + 1)
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert (len(stage.surface.finals), stage.model.prompts) == (1, [])
        assert not await stores.jobs.done(command), "it is noted already"
