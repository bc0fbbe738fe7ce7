"""Who speaks and where, what was summed up, and what is none of an answer's context."""

import asyncio

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.memory import Summary
from chathakase.core.types import Finished, FinishReason, Role, TurnAction, Usage
from chathakase.engine.turns.verdict import TAKEN_BACK
from tests.doubles.engine_stage import PLACE, open_stage
from tests.engine.context.thread import BELOW, above, earlier, file, in_order, unreadable

pytestmark = pytest.mark.virtual_time


async def test_a_summary_stands_for_what_it_covers() -> None:
    async with open_stage(["a1"], ["a2"]) as stage:
        await stage.answered("1", "the first question")
        await asyncio.sleep(1)
        await stage.answered("2", "the second question")
        stores = stage.stores
        memory = await stores.memory.memory(stage.session, limit=9, tokens=99_999)
        summary = Summary("They asked twice.", memory.messages[-1].said, 4, "model")
        assert await stores.summaries.summarised(stage.session, summary, instead_of=memory, usage=Usage(1, 1))
        await asyncio.sleep(1)
        await stage.answered("3", "the third question")
        told = stage.model.told[-1]
        assert in_order(told, "<beginning>", "the first question", "</beginning>", "They asked twice.", "the third")
        assert "the second question" not in told
        assert stage.model.prompts[-1].left_out == 0


async def test_people_are_called_by_their_names_and_told_apart() -> None:
    async with open_stage() as stage:
        stage.surface.names = {"U0001": "Alex", "U0002": "Alex", "U0003": "Bo"}
        await stage.answered("1", author="U0001")
        await stage.answered("2", "ask <@U0003>", author="U0002")
        told = stage.model.told[-1]
        assert "[Alex (0001), " in told
        assert "[Alex (0002), " in told
        assert "<@U0003|Bo>" in told


@pytest.mark.parametrize(("channel", "told"), [("C1", 'channel="#general"'), ("D1", 'channel="a direct message"')])
async def test_the_model_is_told_where_it_is_and_what_that_is_called(channel: str, told: str) -> None:
    async with open_stage() as stage:
        await stage.answered("1", "How do threads work?", place=PLACE.beside(channel, "1"))
        assert f'<thread {told} title="How do threads work?">' in stage.model.told[0]


async def test_what_is_said_after_a_turn_began_is_none_of_its_context() -> None:
    async with open_stage() as stage:
        stage.stores.trips.last("memory.memory", 1.0)
        await stage.say("1")
        await asyncio.sleep(0.5)
        await stage.say("2")
        await stage.quiet()
        assert "q2" not in stage.model.told[0]
        assert "q2" in stage.model.told[1]


async def test_a_question_that_is_forgotten_before_it_is_asked_is_not_asked() -> None:
    async with open_stage() as stage:
        stage.stores.trips.last("memory.memory", 1.0)
        await stage.say("1")
        await asyncio.sleep(0.5)
        await stage.say("2")
        await stage.edit("1", None)
        await stage.quiet()
        assert stage.surface.finals == [f"⚠️ {TAKEN_BACK}", "Fine."]
        assert len(stage.model.prompts) == 1
        assert "q1" not in stage.model.told[0]


async def test_what_an_earlier_answer_said_is_the_models_own() -> None:
    async with open_stage(["a1"], ["a2"]) as stage:
        await stage.answered("1")
        await stage.answered("2")
        roles = [
            (chat_message.role, chat_message.content.endswith("a1"))
            for chat_message in stage.model.prompts[1].chat_messages[1:]
        ]
        assert roles == [("user", False), (Role.ASSISTANT, True), ("user", False)]


async def test_whoever_asks_what_is_remembered_is_told_what_the_model_would_see() -> None:
    async with open_stage() as stage:
        stage.surface.earlier_messages = unreadable(DeliveryError("ratelimited", passes=True))
        await stage.answered("5", "Is it far?", place=BELOW)
        stage.surface.earlier_messages = above(earlier("2", "it rains"))
        stage.surface.contents["F1"] = b"a,b,c"
        await stage.answered("6", "look", place=BELOW, files=(file(1),), asks=False, author="U7")
        await stage.answered("7", "what do you remember", place=BELOW, author="U7")
        assert [whose for _, _, whose in stage.surface.backfills] == ["U1", "U7"]
        assert stage.surface.fetched == ["F1"]
        ((user, told),) = stage.surface.ephemerals
        assert (user, len(stage.model.prompts)) == ("U7", 1)
        assert in_order(told, "it rains", "Is it far?", "Fine.", "look")


async def test_what_stands_above_is_part_of_a_summary() -> None:
    async with open_stage(["Not far."], ["It rains, and it is not far."]) as stage:
        stage.surface.earlier_messages = unreadable(DeliveryError("ratelimited", passes=True))
        await stage.answered("5", "Is it far?", place=BELOW)
        stage.surface.earlier_messages = above(earlier("2", "it rains"))
        reply = await stage.answered("6", "summarise", place=BELOW)
        assert reply.final is not None
        assert "It rains, and it is not far." in reply.final.text
        assert in_order(stage.model.told[1], "it rains", "Is it far?", "Not far.")


async def test_an_answer_that_is_gone_is_written_from_its_beginning() -> None:
    async with open_stage(["One", Finished(FinishReason.LENGTH)], ["One, two"]) as stage:
        await stage.answered("1")
        session = stage.stores.records.at(PLACE)
        assert session is not None
        session.messages = session.spoken(Role.USER)
        await stage.press(TurnAction.CONTINUE)
        await stage.quiet()
        assert stage.surface.finals[-1] == "One, two"
        assert [each.role for each in stage.model.prompts[1].chat_messages] == ["system", "user"]
