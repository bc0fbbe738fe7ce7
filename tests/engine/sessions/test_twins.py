"""A question waits for the files that only its second coming brings, but not for long."""

import asyncio

import pytest

from chathakase.engine.turns.twins import LATE, WITHIN
from tests.doubles.engine_stage import open_stage, said
from tests.engine.sessions.threads import FILE

pytestmark = pytest.mark.virtual_time


async def test_files_that_come_while_the_answer_is_written_have_it_begun_anew() -> None:
    async with open_stage([5.0, "a1"], [5.0, "a1 with files"]) as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.say("1")
        asked = said("1", files=(FILE,))
        await asyncio.sleep(1)
        await stage.engine.reception.submit(asked)
        await stage.quiet()
        assert stage.model.asked_at == [0.0, 1.0]
        assert stage.surface.finals == ["a1 with files"]
        assert "a,b,c" in stage.model.heard[1]


@pytest.mark.parametrize(("comes", "at"), [(1.0, 1.0), (WITHIN + 7, WITHIN)])
async def test_a_question_waits_for_its_files_but_not_for_long(comes: float, at: float) -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.say("1", awaits_files=True)
        await stage.engine.manager.wake_waiting()
        await asyncio.sleep(comes)
        await stage.engine.reception.submit(said("1", files=(FILE,)))
        await stage.quiet()
        assert stage.model.asked_at[0] == at
        assert "a,b,c" in stage.model.heard[-1], "it is answered anew, if need be"
        assert (stage.stores.trips.times("turns.answer_to") == []) is (comes == at)
        assert len({reply.lease and reply.lease.turn for reply in stage.surface.replies}) == 1


async def test_what_is_said_while_files_are_awaited_waits_for_them_too() -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.say("1", awaits_files=True)
        await asyncio.sleep(1)
        await stage.say("2")
        await asyncio.sleep(1)
        await stage.engine.reception.submit(said("1", files=(FILE,)))
        await stage.quiet()
        assert stage.model.asked_at == [2.0]
        assert all(each in stage.model.heard[0] for each in ("a,b,c", "q2"))


async def test_files_that_come_long_after_the_answer_are_offered_an_answer() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        asked = said("1", files=(FILE,))
        await asyncio.sleep(LATE / 1000 + 1)
        await stage.engine.reception.submit(asked)
        await stage.quiet()
        assert len(stage.model.prompts) == 1
        assert [user for user, _ in stage.surface.asked] == ["U1"]


async def test_a_question_whose_twin_brings_no_files_waits_no_longer() -> None:
    async with open_stage() as stage:
        await stage.say("1", awaits_files=True)
        await asyncio.sleep(1)
        assert not await stage.engine.reception.submit(said("1"))
        await stage.quiet()
        assert stage.model.asked_at == [1.0]
