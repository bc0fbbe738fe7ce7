"""The end of a turn is saved once, and a turn that cannot go on waits."""

import asyncio

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.types import (
    Finished,
    FinishReason,
    TurnAction,
)
from chathakase.engine.turns.verdict import (
    LENGTH,
    with_notice,
)
from tests.doubles.engine_stage import HOME, PLACE, open_stage
from tests.engine.turns.scripted_answers import end

pytestmark = pytest.mark.virtual_time


async def test_an_end_is_saved_however_often_the_database_refuses() -> None:
    async with open_stage(["Yes."]) as stage:
        stage.stores.trips.refuse("turns.finish", times=3)
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.finish") == [0.0, 2.0, 4.0, 6.0]
        assert reply.final == end(0.0, "Yes.")
        assert stage.remembered() == ["q1", "Yes."]


async def test_the_end_of_a_command_is_saved_however_often_the_database_refuses() -> None:
    async with open_stage(["Yes."]) as stage:
        await stage.answered("1")
        stage.stores.trips.refuse("jobs.done", times=5)
        await stage.say("2", "help")
        for _ in range(3):
            await asyncio.sleep(7)
            await stage.engine.manager.wake_waiting()
        assert stage.stores.trips.times("jobs.done") == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        assert len(stage.surface.finals) == 2


@pytest.mark.parametrize("trip", ["memory.memory", "turns.note_reply"])
async def test_a_turn_that_the_database_interrupts_is_released_and_not_tried_again_at_once(
    trip: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse(trip)
        caplog.set_level("INFO", logger="chathakase.log_events")
        await stage.say("1")
        await stage.quiet()
        assert (stage.surface.finals, stage.stores.trips.times("turns.claim")) == ([], [])
        assert any(message.endswith("outcome=interrupted seconds=0.0") for message in caplog.messages)
        assert [each.place for each in await stage.stores.turns.waiting([HOME])] == [PLACE]
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.surface.finals == ["Fine."]
        assert stage.remembered() == ["q1", "Fine."]


async def test_an_answer_that_cannot_be_gone_on_with_just_then_waits(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(["One", Finished(FinishReason.LENGTH)], [", two"]) as stage:
        await stage.answered("1")
        caplog.set_level("INFO", logger="chathakase.log_events")
        stage.stores.trips.refuse("memory.memory")
        await stage.press(TurnAction.CONTINUE)
        await stage.quiet()
        assert stage.surface.finals == [with_notice("One", LENGTH)]
        assert caplog.messages[-1].endswith("will be tried again: the disk is full")
        assert any(message.endswith("outcome=interrupted seconds=0.0") for message in caplog.messages)
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.reply.final == end(0.0, "One, two")


async def test_what_cannot_be_delivered_is_told_elsewhere_and_not_remembered() -> None:
    async with open_stage(["Yes."]) as stage:
        stage.surface.refusal = DeliveryError("is_archived")
        await stage.say("1", author="U1")
        await stage.say("2", author="U2", opens=False)
        await stage.quiet()
        assert {user for user, _ in stage.surface.told} == {"U1", "U2"}
        assert all("lost" in text and "#C1" in text for _, text in stage.surface.told)
        assert stage.remembered() == ["q1", "q2"]
        assert await stage.stores.turns.waiting([HOME]) == []
