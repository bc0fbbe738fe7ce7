"""What was said in a thread before the bot was called is read once, and nobody waits for it for long."""

import asyncio

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.footnotes import WITHOUT_EARLIER
from chathakase.engine.context.thread_backfill import LONG, REST, WITHIN
from tests.doubles.engine_stage import open_stage
from tests.engine.context.thread import BELOW, UNREAD_ABOVE, above, earlier, footnotes, in_order, unreadable

pytestmark = pytest.mark.virtual_time


async def test_what_stands_above_is_read_once_and_told_before_the_question() -> None:
    async with open_stage(["a1"], ["a2"]) as stage:
        ours = earlier("3", "as I said", ours=True)
        stage.surface.earlier_messages = above(earlier("2", "it rains"), ours, earlier("4", "help", asks=True))
        await stage.answered("5", place=BELOW, author="U5")
        await stage.answered("6", place=BELOW)
        ((at, before, whose),) = stage.surface.backfills
        opening = stage.stores.records.at(BELOW)
        assert opening is not None
        question = opening.find("5")
        assert question is not None
        assert (at, before, whose) == (0.0, question.said, "U5")
        assert in_order(stage.model.told[0], "it rains", "as I said", "q5")
        assert [chat_message.role for chat_message in stage.model.prompts[0].chat_messages] == [
            "system",
            "user",
            "assistant",
            "user",
        ]
        assert "help" not in stage.model.told[0], "commands are no part of a conversation"
        assert in_order(stage.model.told[1], "it rains", "as I said", "q5", "a1", "q6")


async def test_a_session_that_begins_its_thread_reads_nothing_above() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        assert stage.surface.backfills == []


async def test_where_nothing_stands_above_nothing_else_is_looked_for() -> None:
    async with open_stage() as stage:
        await stage.answered("5", place=BELOW)
        await stage.answered("6", place=BELOW)
        assert len(stage.surface.backfills) == 1
        assert len(stage.stores.trips.times("memory.memory")) == 2, "once for each answer"


async def test_what_stands_above_is_waited_for_so_long_and_then_left_alone_for_a_while() -> None:
    async with open_stage() as stage:
        stage.surface.earlier_messages = above(earlier("2", "it rains"), after=WITHIN + 1)
        assert await footnotes(stage, "5", place=BELOW) == (WITHOUT_EARLIER,)
        assert stage.model.asked_at == [WITHIN]
        assert UNREAD_ABOVE in stage.model.told[0]
        assert await footnotes(stage, "6", place=BELOW) == (), "it is said once"
        assert stage.model.asked_at[1] == WITHIN
        assert UNREAD_ABOVE in stage.model.told[1]
        stage.surface.earlier_messages = above(earlier("2", "it rains"))
        await asyncio.sleep(REST - 1)
        await stage.answered("7", place=BELOW)
        assert "it rains" not in stage.model.told[2]
        await asyncio.sleep(1)
        await stage.answered("8", place=BELOW)
        assert in_order(stage.model.told[3], "it rains", "q5", "q6", "q7", "q8")
        assert UNREAD_ABOVE not in stage.model.told[3]


@pytest.mark.parametrize(("after", "is_read"), [(0.0, True), (LONG, True), (LONG + 0.5, False)])
async def test_what_fails_soon_is_read_again_for_the_next_answer(after: float, is_read: bool) -> None:
    async with open_stage() as stage:
        stage.surface.earlier_messages = unreadable(DeliveryError("ratelimited", passes=True), after)
        assert await footnotes(stage, "5", place=BELOW) == (WITHOUT_EARLIER,)
        assert stage.model.asked_at == [after]
        stage.surface.earlier_messages = above(earlier("2", "it rains"))
        await stage.answered("6", place=BELOW)
        assert ("it rains" in stage.model.told[1]) is is_read


async def test_what_was_read_above_by_an_answer_that_was_never_written_is_not_read_again() -> None:
    async with open_stage() as stage:
        stage.surface.earlier_messages = above(earlier("2", "it rains"))
        await stage.answered("4", "help", place=BELOW)
        await stage.answered("5", place=BELOW)
        await stage.answered("6", place=BELOW)
        assert len(stage.surface.backfills) == 1
