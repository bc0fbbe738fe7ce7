"""The context of an answer: what is read for it and when, and what of it has room."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError, ModelError
from chathakase.core.files import SharedFile
from chathakase.core.footnotes import BLIND, LATER, WITHOUT_EARLIER
from chathakase.core.memory import Summary
from chathakase.core.types import Finished, FinishReason, Incoming, Role, TurnAction, Usage
from chathakase.engine.context.file_reader import AT_ONCE, DEADLINE, GIVEN_UP, MOST_FILES, NOT_READ, TRIES
from chathakase.engine.context.thread_backfill import LONG, REST, WITHIN
from chathakase.engine.model.calibration import BELIEVED
from chathakase.engine.turns.verdict import TAKEN_BACK
from tests.doubles.stage import PLACE, SETUP, Stage, open_stage, said

pytestmark = pytest.mark.virtual_time

BELOW = PLACE.beside("C1", "0")
"""A thread in which something stands above what calls the bot."""
UNREAD_ABOVE = '<left_out above="unread"/>'


def above(*messages: Incoming, after: float = 0.0) -> Callable[[], Awaitable[list[Incoming]]]:
    """What stands in a thread, and for how many seconds it is on its way."""

    async def read() -> list[Incoming]:
        await asyncio.sleep(after)
        return list(messages)

    return read


def unreadable(error: DeliveryError, after: float = 0.0) -> Callable[[], Awaitable[list[Incoming]]]:
    async def read() -> list[Incoming]:
        await asyncio.sleep(after)
        raise error

    return read


def earlier(ref: str, text: str, **fields: object) -> Incoming:
    """What was said in the thread before anybody called the bot."""
    return replace(said(ref, text, place=BELOW, opens=False, asks=False), said=int(ref), **fields)  # type: ignore[arg-type]


def file(number: int, kind: str = "text/plain") -> SharedFile:
    return SharedFile(f"F{number}", f"file {number}", kind, 9, f"https://town.example/F{number}")


async def footnotes(stage: Stage, ref: str, **fields: object) -> tuple[str, ...]:
    """What stands below the answer to a question."""
    reply = await stage.answered(ref, **fields)  # type: ignore[arg-type]
    assert reply.final is not None
    return reply.final.footnotes


def in_order(text: str, *parts: str) -> bool:
    """Whether a text has some parts, in their order."""
    for part in parts:
        _, found, text = text.partition(part)
        if not found:
            return False
    return True


# What stands above.


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


# Files.


async def test_what_is_shared_is_read_before_the_answer_and_once() -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = b"a,b,c"
        assert await footnotes(stage, "1", files=(file(1),)) == ()
        await stage.answered("2")
        assert stage.surface.fetched == ["F1"]
        assert "a,b,c" in stage.model.told[0]
        assert "a,b,c" in stage.model.told[1]
        assert len(stage.stores.trips.times("files.unread")) == 1, "nothing is looked for where nothing is new"


async def test_so_many_files_are_on_their_way_at_once() -> None:
    async with open_stage() as stage:
        for number in range(2 * AT_ONCE):
            stage.surface.contents[f"F{number}"] = 1.0
        await stage.answered("1", files=tuple(map(file, range(2 * AT_ONCE))))
        assert stage.model.asked_at == [2.0]


async def test_what_is_more_than_so_many_files_waits_for_the_next_answer() -> None:
    async with open_stage() as stage:
        many = tuple(map(file, range(MOST_FILES + 2)))
        stage.surface.contents = {each.id: f"content {each.id}!".encode() for each in many}
        (line,) = await footnotes(stage, "1", files=many)
        assert line == f"I couldn't read file 10 ({LATER}) and file 11 ({LATER})."
        assert len(stage.surface.fetched) == MOST_FILES
        assert await footnotes(stage, "2") == ()
        assert len(stage.surface.fetched) == len(many)
        assert "content F11!" in stage.model.told[1]


async def test_files_are_waited_for_so_long_tried_again_and_given_up_in_the_end() -> None:
    async with open_stage() as stage:
        stage.surface.contents = {"F1": b"a,b,c", "F2": DEADLINE + 1}
        assert await footnotes(stage, "1", files=(file(1), file(2))) == (f"I couldn't read file 2: {LATER}.",)
        assert stage.model.asked_at == [DEADLINE]
        assert "a,b,c" in stage.model.told[0]
        for number in range(2, TRIES + 1):
            assert await footnotes(stage, str(number)) == ()
            assert stage.model.asked_at[-1] == number * DEADLINE
        assert await footnotes(stage, "9") == (f"I couldn't read file 2: {GIVEN_UP}.",)
        assert stage.model.asked_at[-1] == TRIES * DEADLINE
        assert stage.surface.fetched == ["F1", *["F2"] * TRIES]


async def test_a_file_that_comes_with_the_next_try_is_told_then() -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = DeliveryError("timeout", passes=True)
        assert await footnotes(stage, "1", files=(file(1),)) == (f"I couldn't read file 1: {LATER}.",)
        stage.surface.contents["F1"] = b"a,b,c"
        assert await footnotes(stage, "2") == ()
        assert "a,b,c" in stage.model.told[1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (DeliveryError("gone"), "it no longer exists"),
        (DeliveryError("not_allowed"), "I have no access to it"),
        (b"x" * 1_001, "it is larger than 1 kB"),
        (DeliveryError("odd"), "it could not be downloaded (odd)"),
    ],
)
async def test_a_file_that_cannot_be_had_is_said_to_be_so_once_and_fetched_no_more(
    content: bytes | DeliveryError, why: str
) -> None:
    async with open_stage() as stage:
        stage.surface.contents["F1"] = content
        assert await footnotes(stage, "1", files=(file(1),)) == (f"I couldn't read file 1: {why}.",)
        assert await footnotes(stage, "2") == ()
        assert stage.surface.fetched == ["F1"]
        assert why in stage.model.told[0]


async def test_a_file_that_breaks_what_reads_it_keeps_no_answer_waiting() -> None:
    async with open_stage() as stage:
        stage.surface.contents = {"F1": b"\xff\xfe", "F2": b"a,b,c"}
        assert await footnotes(stage, "1", files=(file(1), file(2))) == (f"I couldn't read file 1: {LATER}.",)
        assert "a,b,c" in stage.model.told[0]


async def test_no_file_is_fetched_where_none_is_to_be_read() -> None:
    async with open_stage(most_bytes=0) as stage:
        assert await footnotes(stage, "1", files=(file(1),)) == (f"I couldn't read file 1: {NOT_READ}.",)
        assert stage.surface.fetched == []


@pytest.mark.parametrize("sees", [True, False])
async def test_a_picture_is_shown_to_a_model_that_sees(sees: bool) -> None:
    async with open_stage(sees=sees) as stage:
        stage.surface.contents["F1"] = b"picture"
        told = await footnotes(stage, "1", files=(file(1, "image/png"),))
        assert told == (() if sees else (f"I couldn't read file 1: {BLIND}.",))
        images = [image.data for chat_message in stage.model.prompts[0].chat_messages for image in chat_message.images]
        assert images == ([b"picture"] if sees else [])


# What has room.


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


# What else is told.


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
