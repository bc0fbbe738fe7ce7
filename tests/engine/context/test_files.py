"""What people share is read before the answer, and what cannot be had keeps nobody waiting."""

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.footnotes import BLIND, LATER
from chathakase.engine.context.file_reader import AT_ONCE, DEADLINE, GIVEN_UP, MOST_FILES, NOT_READ, TRIES
from tests.doubles.engine_stage import open_stage
from tests.engine.context.thread import file, footnotes

pytestmark = pytest.mark.virtual_time


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
