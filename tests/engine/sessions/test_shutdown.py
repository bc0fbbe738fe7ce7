"""At the end turns have their grace period, and what is not done is left to whoever comes next."""

import asyncio

import pytest

from chathakase.clock import monotonic
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Appended, TurnAction
from chathakase.engine.sessions import PAUSED_WITHIN
from tests.doubles.engine_stage import HOME, open_stage, said
from tests.engine.sessions.threads import ask_in

pytestmark = pytest.mark.virtual_time


async def test_at_the_end_a_turn_has_its_grace_period_and_no_more_than_it_needs() -> None:
    async with open_stage([3.0, "Yes."], grace=10.0) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
    assert monotonic() == 3.0
    assert stage.surface.finals == ["Yes."]


async def test_at_the_end_nothing_else_is_begun_and_what_is_said_is_kept_for_later() -> None:
    async with open_stage([3.0, "Yes."], concurrency=1) as stage:
        await stage.say("1")
        await ask_in(stage, 2)
        await asyncio.sleep(1)
        stage.engine.manager.begin_shutdown()
        assert await stage.say("3")
        await stage.say("4", "help")
        await ask_in(stage, 5)
    assert (len(stage.model.prompts), stage.surface.finals) == (1, ["Yes."])
    assert max(stage.stores.trips.times("turns.next_asker")) == 0.0, "nothing is looked at any more"
    assert len(await stage.stores.turns.waiting([HOME])) == 3
    await asyncio.sleep(LEASE_MS / 1000 + 1)
    assert len(await stage.stores.jobs.claim([HOME])) == 1


async def test_the_grace_period_begins_when_no_more_work_is_taken_on() -> None:
    async with open_stage([60.0, "Yes."], grace=10.0) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        stage.engine.manager.begin_shutdown()
        await asyncio.sleep(8)
    assert monotonic() == 11.0


async def test_whoever_does_not_let_go_in_time_is_not_waited_for() -> None:
    async with open_stage([60.0, "Yes."], grace=1.0) as stage:
        stage.stores.trips.last("turns.release", 60.0)
        await stage.say("1")
        await asyncio.sleep(1)
    assert monotonic() == 2.0 + PAUSED_WITHIN


async def test_what_was_acknowledged_a_moment_before_the_end_is_stored_if_another_process_opened_its_thread() -> None:
    async with open_stage() as stage:
        opening = said("1")
        await asyncio.sleep(1)
        await stage.say("2", opens=False)
        assert (await stage.stores.sessions.append(opening)).appended is Appended.NEW
    assert stage.remembered() == ["q1", "q2"]


async def test_a_button_that_is_pressed_twice_is_heeded_once() -> None:
    async with open_stage(["a1"], ["a2"], ["a3"]) as stage:
        await stage.answered("1")
        await asyncio.gather(stage.press(TurnAction.RETRY), stage.press(TurnAction.RETRY))
        await stage.quiet()
        assert stage.surface.finals == ["a1", "a2"]


async def test_what_is_not_begun_any_more_is_free_at_once() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        stage.engine.manager.begin_shutdown()
        await stage.say("2", "help")
    (left,) = await stage.stores.jobs.claim([HOME])
    assert left.attempt == 1


async def test_a_job_that_was_not_held_for_a_while_is_not_counted_as_tried_again_where_it_is_done() -> None:
    async with open_stage(grace=60.0) as stage:
        await stage.answered("1")
        stage.surface.delay = 40.0
        stage.stores.trips.refuse("jobs.hold", times=4)
        await stage.say("2", "help")
        await asyncio.sleep(7)
        for _ in range(3):
            await stage.engine.manager.wake_waiting()
            await asyncio.sleep(7)
        (record,) = stage.stores.records.jobs.values()
        assert (record.job.attempt, record.done) == (1, False)
        await stage.quiet()
        assert record.done
