"""A prompt has room in the model's window, as far as that is known, and tells the newest."""

import asyncio
from dataclasses import replace

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Usage
from chathakase.engine.model.calibration import BELIEVED
from tests.doubles.engine_stage import SETUP, open_stage
from tests.engine.context.thread import in_order

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("window", [2_600, 3_000, 4_000, 6_000, 20_000])
async def test_a_prompt_has_room_in_the_window_and_tells_the_newest(window: int) -> None:
    async with open_stage(*[["a" * 200]] * 12, window=window) as stage:
        for number in range(1, 11):
            await stage.answered(str(number), f"question {number}!" + "q" * 200)
        prompt, told = stage.model.prompts[-1], stage.model.told[-1]
        room = window - 1_000
        assert prompt.tokens <= room
        assert "question 10!" in told
        shown = [number for number in range(1, 11) if f"question {number}!qqq" in told.partition("</thread>")[2]]
        assert shown == list(range(11 - len(shown), 11)), "what is left out is the oldest"
        assert (prompt.left_out > 0) is (len(shown) < 9)


async def test_a_question_that_is_longer_than_the_window_is_cut_and_asked_all_the_same() -> None:
    async with open_stage(window=3_000) as stage:
        reply = await stage.answered("1", "begin " + "q" * 9_000 + " end")
        assert stage.model.prompts[0].tokens <= 2_000
        assert in_order(stage.model.told[0], "begin", "qqq", "end")
        assert reply.final is not None
        assert reply.final.text == "Fine."


async def test_so_many_messages_are_told_at_most() -> None:
    async with open_stage(persona=replace(SETUP.persona, max_messages=3)) as stage:
        for number in range(1, 6):
            await stage.answered(str(number), f"question {number}!")
        told = stage.model.told[-1].partition("</thread>")[2]
        assert in_order(told, "question 4!", "Fine.", "question 5!")
        assert "question 3!" not in told
        assert "question 1!" in stage.model.told[-1], "but for the one that began the thread"


async def test_what_a_server_says_of_its_window_is_believed_for_an_hour() -> None:
    too_long = ModelError("context_length_exceeded", "Too long.", limit=4_000)
    async with open_stage(*[["a" * 400]] * 8) as stage:
        for number in range(8):
            await stage.answered(f"1.{number}")
        stage.model.answer(too_long)
        await stage.answered("2")
        learned = monotonic()
        await stage.answered("3")
        assert stage.model.prompts[8].tokens > 3_000
        assert stage.model.prompts[10].tokens <= 3_000
        await asyncio.sleep(learned + BELIEVED - monotonic())
        await stage.answered("4")
        assert stage.model.prompts[11].tokens > 3_000


async def test_a_server_that_counts_more_tokens_than_we_do_is_given_less() -> None:
    async with open_stage(*[["a" * 400]] * 8, window=4_000) as stage:
        for number in range(8):
            await stage.answered(f"1.{number}")
        before = stage.model.prompts[-1].tokens
        for number in range(9):
            counted = Finished(FinishReason.WHOLE, "model", Usage(2 * stage.model.prompts[-1].tokens, 1))
            stage.model.answer("b" * 400, counted)
            await stage.answered(f"2.{number}")
        assert 2_000 < before <= 3_000
        assert stage.model.prompts[-1].tokens <= 3_000 / 1.8
