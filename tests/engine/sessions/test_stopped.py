"""What is said and pressed ends the answer that it means, and no other."""

import asyncio

import pytest

from chathakase.core.jobs import Interaction
from chathakase.core.types import Renewal, SaidTo, TurnAction
from chathakase.engine.turns.interactions import ENDED, NOTHING_TO_STOP
from chathakase.engine.turns.verdict import STOPPED, STOPPED_MARK
from tests.doubles.engine_stage import PLACE, now, open_stage, said
from tests.doubles.stores import StoresInMemory
from tests.engine.sessions.threads import ask_in

pytestmark = pytest.mark.virtual_time


async def test_a_stop_between_people_is_one_only_while_there_is_something_to_stop() -> None:
    async with open_stage(["a1"], [5.0, "a2"], [0.5, "a5"]) as stage:
        await stage.answered("1", author="U1")
        await stage.say("2", author="U1")
        await asyncio.sleep(1)
        await stage.say("3", "@U1 look", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        await stage.say("4", "stop", author="U1", opens=False)
        await stage.quiet()
        assert stage.surface.finals == ["a1", STOPPED]
        await stage.say("6", "stop", author="U1", opens=False)
        stage.surface.delay = 5.0
        await stage.say("7", "Hakase, is it booked?", author="U1", opens=False)
        await asyncio.sleep(1)
        await stage.say("8", "@U1 look", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
        await stage.say("9", "stop", author="U1", opens=False)
        await stage.quiet()
        assert stage.surface.finals[2:] == ["a5"], "people see it to its end a moment before that is saved"
        assert [text for text in stage.remembered() if text == "stop"] == ["stop", "stop"]


async def test_a_stop_reaches_a_turn_of_another_process() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores) as stage:
        await stores.sessions.append(said("1"))
        lease = await stores.turns.claim(stage.session)
        assert lease is not None
        await stage.say("2", "stop", opens=False)
        await stage.quiet()
        assert await stores.turns.renew([lease]) == [Renewal.STOP]
        assert stage.surface.replies == []


async def test_the_button_of_an_answer_that_has_ended_stops_no_other() -> None:
    async with open_stage(["a1"], [5.0, "Yes."], ["a2"], concurrency=1) as stage:
        await stage.answered("1")
        ended = stage.reply.lease
        assert ended is not None
        await ask_in(stage, 9)
        await asyncio.sleep(1)
        await stage.say("2")
        stop = Interaction(PLACE, "p1", "U1", TurnAction.STOP, ended.turn)
        await stage.engine.requests.enqueue(stop)
        await stage.quiet()
        assert stage.surface.finals == ["a1", "Yes.", "a2"]
        assert stage.surface.ephemerals == [("U1", ENDED)]


async def test_a_command_has_it_seen_at_once_whether_the_turn_is_still_there() -> None:
    async with open_stage([3.0, "Yes."]) as stage:
        await stage.say("1")
        await asyncio.sleep(0.5)
        await stage.say("2", "help", opens=False)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew") == [0.5, 2.5]


async def test_a_stop_that_is_carried_out_late_stops_nothing_that_was_asked_after_it() -> None:
    async with open_stage([2.0, "a1"]) as stage:
        stopped_at = now() * 1000
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.engine.requests.enqueue(Interaction(PLACE, "p1", "U1", TurnAction.STOP, said=stopped_at))
        await stage.quiet()
        assert stage.surface.finals == ["a1"]
        assert stage.surface.ephemerals == [("U1", NOTHING_TO_STOP)]


async def test_a_stop_ends_what_waits_and_leaves_what_was_asked_after_it() -> None:
    async with open_stage([9.0, "a9"], [1.0, "a2"], concurrency=1) as stage:
        await ask_in(stage, 9)
        await asyncio.sleep(1)
        await stage.say("1")
        await asyncio.sleep(1)
        stopped_at = now() * 1000
        await asyncio.sleep(1)
        await stage.say("2")
        await stage.engine.requests.enqueue(Interaction(PLACE, "p1", "U1", TurnAction.STOP, said=stopped_at))
        await stage.quiet()
        assert stage.surface.finals == ["a9", STOPPED, "a2"]
        assert stage.remembered() == ["q1", STOPPED_MARK, "q2", "a2"]
