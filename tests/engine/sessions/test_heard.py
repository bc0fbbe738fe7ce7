"""What people say is saved once and heard in its order, also where it overtakes what was said before."""

import asyncio

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import StoreError
from chathakase.core.jobs import ButtonPhrase
from chathakase.core.types import Place
from chathakase.engine.intake.reorder_buffer import KEPT
from tests.doubles.engine_stage import PLACE, open_stage, said
from tests.engine.sessions.threads import ask_in, thread

pytestmark = pytest.mark.virtual_time


async def test_what_comes_twice_is_saved_and_answered_once_and_both_hear_when_it_is_safe() -> None:
    async with open_stage() as stage:
        stage.stores.trips.last("sessions.append", 1.0)
        twins = [asyncio.create_task(stage.say("1")) for _ in range(2)]
        assert (await asyncio.gather(*twins), monotonic()) == ([True, False], 1.0)
        await stage.quiet()
        assert not await stage.say("1")
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]


async def test_what_could_not_be_saved_raises_and_is_answered_when_it_comes_again() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("sessions.append")
        with pytest.raises(StoreError):
            await stage.say("1")
        await stage.quiet()
        assert stage.surface.replies == []
        await stage.answered("1")
        assert stage.surface.finals == ["Fine."]


async def test_people_of_one_thread_are_heard_one_after_another_and_those_of_others_meanwhile() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        stage.surface.names, stage.surface.lookup = {"U2": "Bob"}, 0.75
        heard = list[tuple[str, float]]()

        async def hear(ref: str, text: str, place: Place) -> None:
            await stage.say(ref, text, place=place, opens=False)
            heard.append((ref, monotonic()))

        saying = [("3", "Bob, is it booked?", PLACE), ("4", "yes", PLACE)]
        async with asyncio.TaskGroup() as group:
            for each in saying:
                group.create_task(hear(*each))
            await ask_in(stage, 5)
            heard.append(("5", monotonic()))
        assert heard == [("5", 0.0), ("3", 0.75), ("4", 1.5)]
        await stage.quiet()
        assert "q5" in stage.remembered(thread(5))
        assert stage.remembered()[-2:] == ["Bob, is it booked?", "yes"], "neither is said to us"


async def test_a_name_that_is_not_found_soon_keeps_nobody_waiting() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        await stage.answered("2", author="U2", opens=False)
        stage.surface.lookup = 60.0
        began = monotonic()
        await stage.say("3", "Bob, is it booked?", opens=False)
        assert monotonic() == began + 1.0


@pytest.mark.parametrize(("after", "answers"), [(KEPT, 1), (KEPT + 1, 0)])
async def test_what_overtakes_the_message_that_opens_its_thread_waits_for_it(after: float, answers: int) -> None:
    async with open_stage([1.0, "a1"], ["a2"]) as stage:
        opening = said("1")
        await asyncio.sleep(1)
        assert not await stage.say("2", opens=False)
        await asyncio.sleep(after)
        await stage.engine.reception.submit(opening)
        await stage.quiet()
        assert len([text for text in stage.remembered() if text == "q2"]) == answers


async def test_what_another_process_opens_the_thread_for_is_found_there() -> None:
    async with open_stage() as stage:
        opening = said("1")
        await asyncio.sleep(1)
        assert not await stage.say("2", opens=False)
        await stage.stores.sessions.append(opening)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.remembered() == ["q1", "q2", "Fine."]


async def test_words_that_a_button_says_are_a_command_that_is_done_once() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        help_ = ButtonPhrase(PLACE, "p1", "U1", "help")
        await asyncio.gather(stage.engine.reception.say(help_), stage.engine.reception.say(help_))
        await stage.quiet()
        await stage.engine.reception.say(ButtonPhrase(PLACE, "p2", "U1", "good morning"))
        await stage.quiet()
        assert len(stage.surface.finals) == 2
        assert (len(stage.model.prompts), stage.remembered()) == (1, ["q1", "Fine."])


async def test_words_that_a_button_says_are_done_where_no_session_is_as_well() -> None:
    async with open_stage() as stage:
        await stage.engine.reception.say(ButtonPhrase(PLACE, "p1", "U1", "help"))
        await stage.quiet()
        assert len(stage.surface.finals) == 1
        assert stage.stores.records.sessions == []
