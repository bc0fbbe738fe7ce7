"""A turn that is cut short says so and is taken up by whoever comes next."""

import asyncio

import pytest

from chathakase.clock import monotonic
from chathakase.core.types import (
    Outcome,
)
from chathakase.engine.turns.verdict import (
    paused,
)
from tests.doubles.engine_stage import HOME, PLACE, now, open_stage
from tests.doubles.stores import StoresInMemory
from tests.engine.turns.scripted_answers import end

pytestmark = pytest.mark.virtual_time


async def test_a_turn_that_is_cut_short_says_so_and_is_taken_up_by_whoever_comes_next() -> None:
    stores = StoresInMemory(now)
    async with open_stage([1.0, "Well", 60.0], stores=stores, grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(2)
    assert monotonic() == 7.0
    assert stage.reply.final == end(7.0, paused("Well"), Outcome.STOPPED)
    assert not stage.reply.is_under_way
    async with open_stage(["Yes."], stores=stores) as later:
        await later.quiet()
        assert later.reply.lease is not None
        assert (later.reply.lease.refs, later.reply.lease.attempt) == (("r1",), 1)
        assert later.reply.final == end(7.0, "Yes.")
    assert later.remembered() == ["q1", "Yes."]


async def test_a_turn_that_is_cut_short_before_its_first_word_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage([60.0, "Well"], grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
    assert (stage.reply.final, stage.reply.shown) == (None, [])
    assert [each.place for each in await stage.stores.turns.waiting([HOME])] == [PLACE]
    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


async def test_a_pause_that_the_surface_does_not_take_soon_is_not_waited_for() -> None:
    async with open_stage([1.0, "Well", 60.0], grace=5.0) as stage:
        await stage.say("1")
        await asyncio.sleep(2)
        stage.surface.delay = 60.0
    assert monotonic() == 8.5
    assert stage.reply.final is None
    assert await stage.stores.turns.claim(stage.session) is not None, "it was let go of all the same"


async def test_an_answer_that_is_being_saved_is_no_longer_cut_short() -> None:
    async with open_stage([1.0, "Well."], grace=5.0) as stage:
        stage.stores.trips.last("turns.finish", 6.0)
        await stage.say("1")
        await asyncio.sleep(2)
    assert monotonic() == 7.0
    assert stage.reply.final == end(1.0, "Well.")
    assert stage.remembered() == ["q1", "Well."]
    assert await stage.stores.turns.waiting([HOME]) == []


async def test_an_answer_that_cannot_be_saved_is_released_by_whoever_is_cut_short() -> None:
    async with open_stage([1.0, "Well."], grace=5.0) as stage:
        stage.stores.trips.refuse("turns.finish", times=9)
        await stage.say("1")
        await asyncio.sleep(2)
    assert stage.reply.final == end(7.0, paused("Well."), Outcome.STOPPED)
    assert await stage.stores.turns.claim(stage.session) is not None


async def test_whoever_is_cut_short_after_the_turn_was_lost_leaves_no_mark_on_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    async with open_stage([1.0, "Well", 60.0], grace=5.5) as stage:
        await stage.say("1")
        await asyncio.sleep(2)
        stage.engine.manager.begin_shutdown()
        await asyncio.sleep(4.5)
        stage.lose_the_lease()
    assert (stage.reply.final, stage.reply.texts) == (None, ["Well"])
    assert "outcome=lost" in caplog.messages[-1]
