"""However the model ends, people read what came of it, and memory keeps what is worth it."""

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import (
    Finished,
    FinishReason,
    Outcome,
    TurnAction,
)
from chathakase.engine.turns.asking import TOO_SMALL
from chathakase.engine.turns.verdict import (
    CUT,
    EMPTY,
    FAILED,
    FILTERED,
    INTERNAL,
    LENGTH,
    LENGTH_EMPTY,
    SILENT,
    TOO_MUCH,
    TOOLS,
    UNKNOWN,
    with_notice,
)
from tests.doubles.engine_stage import open_stage
from tests.engine.turns.scripted_answers import OVERLOADED, end

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(
    ("reason", "below", "instead"),
    [
        (None, CUT, CUT),
        (FinishReason.LENGTH, LENGTH, LENGTH_EMPTY),
        (FinishReason.TOO_MUCH, TOO_MUCH, None),
        (FinishReason.FILTERED, FILTERED, FILTERED),
        (FinishReason.TOOLS, TOOLS, None),
        (FinishReason.FAILED, FAILED, None),
        (FinishReason.UNKNOWN, UNKNOWN, None),
        (FinishReason.WHOLE, "", EMPTY),
    ],
)
async def test_how_the_model_ended_is_told(reason: FinishReason | None, below: str, instead: str | None) -> None:
    async with open_stage(["Well", Finished(reason)], [Finished(reason)]) as stage:
        reply = await stage.answered("1")
        offer = None if not below else TurnAction.CONTINUE if reason is FinishReason.LENGTH else TurnAction.RETRY
        outcome = Outcome.PARTIAL if below else Outcome.ANSWERED
        assert reply.final == end(0.0, with_notice("Well", below) if below else "Well", outcome, offer)
        reply = await stage.answered("2")
        assert reply.final is not None
        assert (reply.final.outcome, reply.final.offer) == (Outcome.FAILED, TurnAction.RETRY)
        assert reply.final.text.startswith("⚠️ ")
        assert instead is None or reply.final.text == f"⚠️ {instead}"
        assert stage.remembered() == ["q1", "Well", "q2"]


async def test_a_model_that_fails_at_once_leaves_a_sentence_and_nothing_to_remember() -> None:
    async with open_stage([1.0, OVERLOADED]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(1.0, f"⚠️ {OVERLOADED.told}", Outcome.FAILED, TurnAction.RETRY)
        assert stage.remembered() == ["q1"]


@pytest.mark.parametrize(("error", "told"), [(OVERLOADED, OVERLOADED.told), (ModelError("timeout", "?"), SILENT)])
async def test_a_model_that_fails_later_leaves_what_it_wrote(error: ModelError, told: str) -> None:
    async with open_stage(["Well", 1.0, error]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(1.0, with_notice("Well", told), Outcome.PARTIAL, TurnAction.RETRY)
        assert stage.remembered() == ["q1", "Well"]


async def test_a_mistake_of_our_own_is_an_end_as_well(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(["Well", ValueError("a secret")]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, with_notice("Well", INTERNAL), Outcome.PARTIAL, TurnAction.RETRY)
        assert "secret" not in caplog.text


async def test_what_is_too_long_for_the_model_is_asked_with_less_and_then_given_up() -> None:
    too_long = ModelError("context_length_exceeded", "Too long.", limit=8_000)
    async with open_stage(*[["a" * 400]] * 8) as stage:
        for number in range(8):
            await stage.answered(f"1.{number}")
        for steps in ([too_long], [too_long], ["Yes."]):
            stage.model.answer(*steps)
        reply = await stage.answered("2")
        assert reply.final == end(0.0, "Yes.")
        assert [told.count("a" * 400) for told in stage.model.told[8:]] == [8, 3, 1]
        for _ in range(3):
            stage.model.answer(too_long)
        reply = await stage.answered("3")
        assert reply.final == end(0.0, "⚠️ Too long.", Outcome.FAILED, TurnAction.RETRY)


async def test_a_question_that_is_too_long_by_itself_is_said_to_be_so() -> None:
    too_long = ModelError("context_length_exceeded", "Too long.")
    async with open_stage([too_long], [too_long], [too_long]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, f"⚠️ {TOO_SMALL}", Outcome.FAILED, TurnAction.RETRY)


async def test_a_model_that_has_begun_is_not_asked_again() -> None:
    async with open_stage(["Well", ModelError("context_length_exceeded", "Too long.")]) as stage:
        reply = await stage.answered("1")
        assert reply.final == end(0.0, with_notice("Well", "Too long."), Outcome.PARTIAL, TurnAction.RETRY)
        assert len(stage.model.prompts) == 1
