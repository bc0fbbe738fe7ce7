"""People see an answer grow and end, as fast as the surface takes it."""

from dataclasses import replace

import pytest

from chathakase.core.types import (
    Outcome,
    TakenBack,
)
from chathakase.engine.turns.turn_runner import HOW_TO_GO_ON
from tests.doubles.engine_stage import PLACE, open_stage
from tests.doubles.scripted_model import WHOLE
from tests.engine.turns.scripted_answers import end

pytestmark = pytest.mark.virtual_time


async def test_an_answer_grows_and_is_delivered_and_saved_once() -> None:
    async with open_stage([0.5, "Hello", 1.0, " there", 0.25, "."]) as stage:
        reply = await stage.answered("1")
        assert reply.shown == [(0.5, "Hello"), (1.5, "Hello there")]
        assert reply.final == end(1.75, "Hello there.")
        assert (len(stage.surface.replies), stage.stores.trips.times("turns.finish")) == (1, [1.75])
        assert stage.remembered() == ["q1", "Hello there."]
        assert (reply.is_under_way, stage.surface.told) == (False, [])


async def test_an_answer_in_one_piece_is_delivered_at_once() -> None:
    async with open_stage([2.0, "Hello there."]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(2.0, "Hello there.")
        assert stage.remembered() == ["q1", "Hello there."]


async def test_a_slow_surface_skips_texts_and_slows_nothing_down() -> None:
    steps = [step for number in range(1, 10) for step in (0.25, str(number))]
    async with open_stage(steps) as stage:
        stage.surface.interval = 0.9
        reply = await stage.answered("1")
        assert reply.shown == [(0.25, "1"), (1.15, "1234"), (2.05, "12345678")]
        assert reply.final == end(2.25, "123456789")


async def test_what_is_on_its_way_arrives_before_the_end_which_nothing_follows() -> None:
    async with open_stage(["Well", 0.5, ", no."]) as stage:
        stage.surface.delay = 2.0
        reply = await stage.answered("1")
        assert reply.shown == [(2.0, "Well")]
        assert reply.final == end(4.0, "Well, no.")


async def test_what_the_model_takes_back_is_taken_from_before_peoples_eyes() -> None:
    async with open_stage(["Hm, let me think", 1.0, TakenBack(), 1.0, "Yes."]) as stage:
        reply = await stage.answered("1")
        assert reply.shown == [(0.0, "Hm, let me think"), (1.0, "")]
        assert reply.final == end(2.0, "Yes.")
        assert stage.remembered() == ["q1", "Yes."]


async def test_footnotes_stand_below_the_answer() -> None:
    async with open_stage(["Yes.", replace(WHOLE, footnotes=("ignored",), unseen=0)]) as stage:
        direct = PLACE.beside("D1", "1")
        reply = await stage.answered("1", place=direct)
        assert reply.final == end(0.0, "Yes.", Outcome.ANSWERED, None, HOW_TO_GO_ON)


async def test_an_answer_needs_no_hint_that_the_database_would_not_note() -> None:
    async with open_stage() as stage:
        stage.stores.trips.refuse("hints.has_replied")
        reply = await stage.answered("1", place=PLACE.beside("D1", "1"))
        assert reply.final == end(0.0, "Fine.")


async def test_whoever_said_something_may_be_mentioned_and_nobody_else() -> None:
    async with open_stage() as stage:
        await stage.answered("1", author="U1")
        reply = await stage.answered("2", author="U2")
        assert reply.members is not None
        assert await reply.members() == {"U1", "U2"}


async def test_how_to_go_on_is_told_once_and_only_where_nobody_else_is() -> None:
    async with open_stage() as stage:
        told = [
            (await stage.answered(ref, place=PLACE.beside(channel, ref))).final
            for channel, ref in (("C1", "1"), ("D1", "2"), ("D1", "3"))
        ]
        assert [final and final.footnotes for final in told] == [(), (HOW_TO_GO_ON,), ()]
