"""Who asks too much, or nobody, is not answered, and told so once."""

import asyncio

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.types import SaidTo
from chathakase.engine.access.admission import WINDOW, LoadLimits
from chathakase.engine.turns.outage import AGAIN, TOLD
from tests.doubles.engine_stage import PLACE, open_stage, said
from tests.doubles.scripted_model import Step
from tests.engine.sessions.threads import A_SECOND, answered_in, ask_in, thread

pytestmark = pytest.mark.virtual_time


async def test_one_person_has_so_many_questions_a_minute_and_is_told_once() -> None:
    async with open_stage(load=LoadLimits(by_person=2)) as stage:
        for number in range(1, 6):
            await stage.answered(str(number))
        await stage.answered("6", author="U2")
        assert len(stage.model.prompts) == 3
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"]
        assert "q5" in stage.model.heard[-1], "what is refused is context"
        await asyncio.sleep(WINDOW)
        await stage.answered("7")
        assert len(stage.model.prompts) == 4


async def test_whoever_could_not_be_told_since_the_store_failed_is_told_when_the_question_comes_again() -> None:
    async with open_stage(load=LoadLimits(by_person=1)) as stage:
        await stage.answered("1")
        stage.stores.trips.refuse("sessions.append")
        with pytest.raises(StoreError):
            await stage.say("2")
        await stage.say("2")
        await stage.quiet()
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"]


async def test_what_asks_nothing_counts_for_nothing() -> None:
    async with open_stage(load=LoadLimits(by_person=2)) as stage:
        await stage.answered("1")
        for number in (2, 3, 4):
            await stage.say(str(number), asks=False)
        await stage.answered("5")
        assert (len(stage.model.prompts), stage.surface.ephemerals) == (2, [])


async def test_what_comes_twice_counts_once() -> None:
    async with open_stage(load=LoadLimits(by_person=2)) as stage:
        for _ in range(3):
            await stage.answered("1")
        await stage.answered("2")
        assert (len(stage.model.prompts), stage.surface.ephemerals) == (2, [])


async def test_so_many_sessions_wait_and_whoever_comes_then_is_told() -> None:
    async with open_stage(*[A_SECOND] * 3, concurrency=1, load=LoadLimits(waiting=2)) as stage:
        for number in range(1, 5):
            await ask_in(stage, number, f"U{number}")
            await asyncio.sleep(0.01)
        await stage.quiet()
        assert sorted(answered_in(stage)) == ["1", "2", "3"]
        assert [user for user, _ in stage.surface.ephemerals] == ["U4"]


async def test_whoever_is_answered_already_is_never_one_too_many() -> None:
    async with open_stage(A_SECOND, A_SECOND, A_SECOND, concurrency=1, load=LoadLimits(waiting=1)) as stage:
        await ask_in(stage, 9)
        await asyncio.sleep(0.1)
        await ask_in(stage, 2)
        await stage.say("10", place=thread(9))
        await stage.quiet()
        assert (stage.surface.ephemerals, len(stage.model.prompts)) == ([], 3)


async def test_whoever_waits_only_for_the_surface_keeps_nobody_out() -> None:
    async with open_stage(A_SECOND, A_SECOND, concurrency=1, load=LoadLimits(waiting=1)) as stage:
        stage.surface.delay = 30.0
        await ask_in(stage, 1)
        await asyncio.sleep(2)
        await ask_in(stage, 2)
        await stage.quiet()
        assert (stage.surface.ephemerals, stage.model.asked_at) == ([], [0.0, 2.0])


async def test_whoever_was_answered_waits_like_everybody_else() -> None:
    async with open_stage(["a1"], [5.0, "a2"], [5.0, "a3"], concurrency=1, load=LoadLimits(waiting=1)) as stage:
        await ask_in(stage, 1)
        await stage.quiet()
        await ask_in(stage, 2)
        await asyncio.sleep(1)
        await ask_in(stage, 3)
        await asyncio.sleep(1)
        await stage.say("4", place=thread(1))
        await stage.quiet()
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"]
        assert answered_in(stage) == ["1", "2", "3"]


async def test_a_turn_that_another_process_took_makes_no_room_for_others() -> None:
    slow: tuple[Step, ...] = (5.0, "Yes.")
    async with open_stage(slow, slow, slow, concurrency=1, load=LoadLimits(waiting=1)) as stage:
        await ask_in(stage, 1)
        await asyncio.sleep(1)
        await ask_in(stage, 2)
        taken = stage.stores.records.at(thread(2))
        assert taken is not None
        assert await stage.stores.turns.claim(taken.id)
        await stage.quiet()
        assert answered_in(stage) == ["1"]
        for number in (3, 4, 5):
            await ask_in(stage, number, f"U{number}")
            await asyncio.sleep(0.1)
        assert [user for user, _ in stage.surface.ephemerals] == ["U5"]


async def test_what_people_say_to_each_other_is_context() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        await stage.answered("3", "@U1 is it booked?", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        assert await stage.say("4", author="U1", opens=False)
        await stage.quiet()
        await stage.say("5", author="U1", opens=False)
        await stage.quiet()
        assert len(stage.model.prompts) == 2
        assert [user for user, _ in stage.surface.ephemerals] == ["U1"], "who may have meant us is told once"
        await stage.answered("6", author="U1")
        assert "q4" in stage.model.heard[-1]


async def test_what_would_be_a_command_between_people_is_none() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", "@U1 is it booked?", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        await stage.say("3", "help", author="U1", opens=False)
        await stage.quiet()
        assert (stage.surface.finals, stage.remembered()[-1]) == (["Fine."], "help")


async def test_a_command_to_us_alone_that_is_found_too_late_opens_nothing() -> None:
    async with open_stage() as stage:
        direct = PLACE.beside("D1", "1")
        assert not await stage.say("1", "help", place=direct, direct=True, asks=False)
        assert await stage.say("2", "good morning", place=PLACE.beside("D1", "2"), direct=True, asks=False)
        await stage.quiet()
        assert stage.surface.finals == []
        assert [each.place.thread for each in stage.stores.records.sessions] == ["2"]


async def test_whoever_asks_while_the_database_fails_is_told_once_in_a_while() -> None:
    async with open_stage() as stage:
        for seconds in (0.0, AGAIN / 2, AGAIN / 2 + 1):
            await asyncio.sleep(seconds)
            stage.stores.trips.refuse("sessions.append")
            with pytest.raises(StoreError):
                await stage.engine.submit(said("1"))
            await asyncio.sleep(0)
        assert stage.surface.ephemerals == [("U1", TOLD)] * 2
