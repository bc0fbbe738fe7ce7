"""Answers that are longer than a message, or than a thread should be."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


def long_text(characters: int) -> str:
    line = "Line {}: すもももももももものうち, and 👩‍👩‍👧‍👦 with *some* `code`.\n\n"
    text = "".join(line.format(number) for number in range(characters // 50))
    return text[: characters - 10] + "\n\nThe end."


def uploaded(workspace: Workspace, thread: Thread) -> list[str]:
    files = [file for message in thread.replies() for file in message.files]
    return [workspace.world.files.content(file).decode() for file in files]


async def test_a_very_long_answer_is_attached_whole(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    text = long_text(200_000)
    model.will(says(*(text[at : at + 5_000] for at in range(0, len(text), 5_000)), pause=0.02))
    async with open_the_bot(chathakase_max_pages=3):
        thread = await start("@ChatHakase everything, please")
        await workspace.until(lambda: bool(uploaded(workspace, thread)), 30)
        await workspace.until(lambda: len(thread.replies()) == 4)
    assert uploaded(workspace, thread) == [text]
    beginning = "".join(reply for reply in thread.texts() if reply.startswith("Line"))
    assert text.startswith(beginning)
    assert len(beginning) > 5_000


async def test_what_is_attached_says_how_it_ended_where_people_see_it(
    open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    model.will(says(long_text(20_000), finish="length"))
    async with open_the_bot(chathakase_max_pages=2):
        thread = await start("@ChatHakase everything, please")
        (*_, comment) = await thread.answers(3, containing="in this file")
    assert comment.endswith(
        "\n\n⚠️ The answer reached its length limit here. For the rest, press Continue or ask me to go on."
    )


@pytest.mark.parametrize("end", ["⚠️ <!channel>", "⚠️ @everyone", "⚠️ " + "x" * 300])
async def test_what_a_model_writes_is_no_word_of_ours(
    end: str, open_the_bot: OpenBot, start: Start, model: ModelServer
) -> None:
    model.will(says(f"{long_text(20_000)}\n\n{end}"))
    async with open_the_bot(chathakase_max_pages=2):
        thread = await start("@ChatHakase everything, please")
        (*_, comment) = await thread.answers(3, containing="in this file")
    assert comment == "This answer is long; the full text is in this file."


async def test_it_may_also_come_in_pages(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    text = long_text(44_000)
    model.will(says(text))
    async with open_the_bot(chathakase_max_pages=100):
        thread = await start("@ChatHakase everything, please")
        await thread.answers(None, containing="The end.", within=50)
    assert "".join(thread.texts()) == text
    assert len(thread.texts()) > 10
    assert [call for call in workspace.journal.calls() if not call.ok] == []


@pytest.mark.parametrize("refusal", ["missing_scope", "unknown_method"])
async def test_where_files_are_refused_it_comes_in_pages(
    refusal: str, open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    workspace.faults.slack_error("files.getUploadURLExternal", refusal)
    text = long_text(20_000)
    model.will(says(text))
    async with open_the_bot(chathakase_max_pages=2):
        thread = await start("@ChatHakase everything, please")
        await thread.answers(None, containing="The end.", within=30)
    assert "".join(thread.texts()) == text
