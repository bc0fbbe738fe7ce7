"""A session has one turn at a time, all together so many, and nobody takes everybody's."""

import asyncio

import pytest

from chathakase.core.types import Session
from tests.doubles.engine_stage import PLACE, open_stage
from tests.engine.sessions.threads import A_SECOND, answered_in, ask_in

pytestmark = pytest.mark.virtual_time


async def test_a_session_has_one_turn_at_a_time_however_much_is_said_there() -> None:
    async with open_stage(*[A_SECOND] * 9, concurrency=9) as stage:
        await asyncio.gather(*(stage.say(str(number)) for number in range(1, 10)))
        await stage.quiet()
        await asyncio.gather(*(stage.say(str(number)) for number in range(10, 20)))
        await stage.quiet()
        assert stage.model.most_at_once == 1
        told = "\n".join(stage.model.heard)
        assert all(f"q{number}" in told for number in range(1, 20))


async def test_a_turn_is_claimed_with_its_question_where_there_is_a_place_for_it() -> None:
    async with open_stage(A_SECOND, A_SECOND, concurrency=1) as stage:
        await ask_in(stage, 1)
        await ask_in(stage, 2)
        await stage.quiet()
        trips = stage.stores.trips
        assert stage.model.asked_at == [0.0, 1.0]
        assert (trips.times("turns.next_asker"), trips.times("turns.claim")) == ([0.0], [1.0])


async def test_a_turn_that_is_claimed_while_somebody_looks_for_what_waits_is_run_once() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        stage.stores.trips.last("sessions.append", 1.0)
        stage.stores.trips.last("turns.next_asker", 2.0)
        saying = asyncio.create_task(stage.say("2"))
        await asyncio.sleep(0.5)
        stage.engine.manager.scheduler.wake(Session(stage.session, PLACE))
        assert await saying
        await stage.quiet()
        assert (stage.surface.finals, len(stage.model.prompts)) == (["Fine.", "Fine."], 2)
        assert [reply.lease and reply.lease.attempt for reply in stage.surface.replies] == [1, 1]
        assert stage.engine.manager.scheduler.waiting(PLACE) == 0


async def test_no_more_answers_are_written_at_once_than_there_are_places() -> None:
    async with open_stage(*[A_SECOND] * 5, concurrency=2) as stage:
        for number in range(1, 6):
            await ask_in(stage, number)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 0.0, 1.0, 1.0, 2.0]
        assert answered_in(stage) == ["1", "2", "3", "4", "5"]


async def test_a_place_is_free_once_the_model_has_written_though_the_surface_takes_its_time() -> None:
    async with open_stage(*[A_SECOND] * 2, concurrency=1) as stage:
        stage.surface.delay = 30.0
        await ask_in(stage, 1)
        await ask_in(stage, 2)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 1.0]


async def test_whoever_asks_much_waits_behind_whoever_asks_little() -> None:
    async with open_stage(*[A_SECOND] * 6, concurrency=1) as stage:
        for number in range(1, 5):
            await ask_in(stage, number, "UMUCH")
        await ask_in(stage, 5, "ULITTLE")
        await ask_in(stage, 6, "USELDOM")
        await stage.quiet()
        assert answered_in(stage)[:4] == ["1", "2", "5", "6"]
        assert sorted(answered_in(stage)) == ["1", "2", "3", "4", "5", "6"]


async def test_what_is_stopped_while_it_waits_never_asks_the_model() -> None:
    async with open_stage([9.0, "Yes."], concurrency=1) as stage:
        await ask_in(stage, 9)
        await asyncio.sleep(0.5)
        await stage.say("2")
        await asyncio.sleep(0.5)
        await stage.say("3", "stop", opens=False)
        await stage.quiet()
        assert (len(stage.model.prompts), stage.stores.trips.times("memory.memory")) == (1, [0.0])
        assert [(final.at, final.text) for reply in stage.surface.replies if (final := reply.final)] == [
            (9.0, "Yes."),
            (1.0, "⏹️ Stopped."),
        ]
