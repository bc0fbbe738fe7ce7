"""The three ways in which a reply reaches people: by edits, by Slack's own streams, and in one post."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.web import rate_limiter
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
LONG = "".join(
    f"Paragraph {number}: 日本語の文章 and some **bold** words, so that it is long.\n\n" for number in range(200)
)


@pytest.fixture(autouse=True)
def lively(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply grows ten times as often as people see it grow."""
    monkeypatch.setattr(rate_limiter, "LIVELY", 0.1)


def methods(workspace: Workspace) -> set[str]:
    return {call.method for call in workspace.journal.calls() if call.caller == workspace.world.bot.id}


@pytest.fixture
async def native(open_the_bot: OpenBot) -> AsyncIterator[None]:
    async with open_the_bot(chathakase_streaming="native"):
        yield


@pytest.mark.usefixtures("native")
async def test_a_direct_message_is_streamed(start: Start, model: ModelServer, workspace: Workspace) -> None:
    pieces = [f"word{number} " for number in range(60)]
    model.will(says(*pieces, pause=0.01))
    thread = await start("hi", channel="@")
    await thread.answers(1, containing="word59")
    await workspace.until(lambda: bool(workspace.journal.calls("chat.stopStream")))
    assert "".join(thread.texts()).split() == "".join(pieces).split()
    assert "chat.update" not in methods(workspace)
    assert len(workspace.journal.calls("chat.appendStream")) >= 2
    assert all(call.ok for call in workspace.journal.calls())


@pytest.mark.usefixtures("native")
async def test_a_channel_gets_edits_which_everybody_sees(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    hold = asyncio.Event()
    model.will(says("one ", "two", hold=hold))
    thread = await start("@ChatHakase hi")
    await thread.answers(1, containing="one")
    hold.set()
    await thread.answers(1, containing="two")
    assert {"chat.postMessage", "chat.update"} <= methods(workspace)
    assert "chat.startStream" not in methods(workspace)


@pytest.mark.usefixtures("native")
async def test_a_long_stream_rolls_over_before_it_is_full(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    step = 400
    model.will(says(*(LONG[at : at + step] for at in range(0, len(LONG), step)), pause=0.02))
    thread = await start("write much", channel="@")
    await thread.answers(None, containing="Paragraph 199", within=30)
    # What was streamed ends with a word, so a page may end between a word and the space behind it.
    assert " ".join(thread.texts()).split() == LONG.split()
    assert len(thread.texts()) > 2
    assert all(len(text.encode()) < 11_000 for text in thread.texts())
    assert all(call.ok for call in workspace.journal.calls())


async def test_a_long_lasting_stream_rolls_over_before_slack_ends_it(
    open_the_bot: OpenBot, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chathakase.slack.replies.streamed.LIFETIME", 0.5)
    pieces = [f"word{number} " for number in range(50)]
    model.will(says("```python\n", *pieces, "\n```\n\nand the end.", pause=0.04))
    async with open_workspace(stream_seconds=3.0, seed=1) as workspace:
        settings = {"slack_bot_token": workspace.bot_token, "slack_app_token": workspace.app_token}
        opening = open_the_bot(**settings, slack_api_url=workspace.api_url, chathakase_streaming="native")
        async with opening, workspace.person("alice") as alice:
            channel = alice.direct_message().id
            thread = Thread(workspace, alice, channel, await alice.say("hi", channel=channel))
            await thread.answers(None, containing="and the end.", within=30)
        words = [word for text in thread.texts() for word in text.split() if word.startswith("word")]
        assert words == [piece.strip() for piece in pieces]
        assert len(thread.texts()) >= 3
        assert all(text.count("```") == 2 for text in thread.texts())
        assert all(call.ok for call in workspace.journal.calls())


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("error", ["message_not_in_streaming_state", "msg_too_long", "internal_error", "lost"])
async def test_a_stream_that_fails_goes_on_by_edits(
    method: str, error: str, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    if error == "lost":
        workspace.faults.lose_answer(method)
    else:
        workspace.faults.slack_error(method, error)
    pieces = [f"word{number} " for number in range(30)]
    model.will(says(*pieces, pause=0.03))
    thread = await start("hi", channel="@")
    await thread.answers(1, containing="word29", within=30)
    assert "".join(thread.texts()).split() == "".join(pieces).split()
    assert len(thread.replies()) == 1


@pytest.mark.usefixtures("native")
async def test_a_stream_that_is_refused_for_its_looks_ends_as_plain_text(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    workspace.faults.dislike("odd", "invalid_chunks")
    model.will(says("Some **fine** words, ", "and then **odd** ones.", pause=0.3))
    thread = await start("hi", channel="@")
    await thread.answers(1, containing="and then odd ones.")
    (reply,) = thread.replies()
    # Below the first answer to somebody stands how to go on.
    assert reply.text.partition("\n")[0] == "Some fine words, and then odd ones."
    assert reply.blocks == ()


@pytest.mark.usefixtures("native")
async def test_a_stopped_stream_keeps_what_was_written(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient
) -> None:
    model.will(says("The beginning. ", "More of it. ", "The end.", hold=asyncio.Event()))
    thread = await start("hi", channel="@")
    await thread.answers(1, containing="The")
    await alice.stop(thread.channel, thread.ts)
    await thread.answers(1, containing="Stopped")
    assert thread.texts()[0].startswith("The beginning.")
    await workspace.until(lambda: workspace.status(thread.channel, thread.ts) == "")


async def test_off_means_one_post(
    open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    async with open_the_bot(chathakase_streaming="off"):
        hold = asyncio.Event()
        model.will(says("one ", "two", hold=hold))
        thread = await start("@ChatHakase hi")
        await workspace.until(lambda: "thinking" in workspace.status(thread.channel, thread.ts))
        await asyncio.sleep(0.5)
        assert thread.replies() == []
        hold.set()
        assert await thread.answers(1) == ["one two"]
        assert workspace.journal.calls("chat.update") == []


@pytest.mark.usefixtures("native")
async def test_where_there_is_no_status_the_placeholder_becomes_the_reply(
    start: Start, model: ModelServer, workspace: Workspace
) -> None:
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        workspace.faults.slack_error(method, "unknown_method", times=9)
    wait = asyncio.Event()
    model.will(says("Here ", "it is.", wait=wait))
    thread = await start("hi", channel="@")
    assert "thinking" in (await thread.answers(1))[0]
    wait.set()
    assert await thread.answers(1, containing="it is.") == ["Here it is."]


@pytest.mark.usefixtures("native")
async def test_slacks_own_stop_leaves_nobody_at_work(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient
) -> None:
    model.will(says("The beginning ", "and more ", "to come.", pause=0.7, hold=asyncio.Event()))
    thread = await start("hi", channel="@")
    await thread.answers(1, containing="The")
    await alice.stop(thread.channel, thread.ts)
    await thread.answers(1, containing="Stopped")
    await workspace.until(lambda: workspace.world.sessions[thread.channel, thread.ts].status == "active")


@pytest.mark.usefixtures("native")
async def test_an_answer_whose_stream_rolled_over_goes_on_whole(
    start: Start, model: ModelServer, workspace: Workspace, alice: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chathakase.slack.replies.streamed.LIFETIME", 0.3)
    lines = [f"line{number} " for number in range(40)]
    model.will(says(*lines, pause=0.025, finish="length"))
    thread = await start("hi", channel="@")
    await thread.answers(None, containing="length limit", within=30)
    await workspace.until(lambda: any(block["type"] == "actions" for block in thread.replies()[-1].blocks))
    model.will(says("and the end."))
    await alice.press(thread.channel, thread.replies()[-1].ts, "chathakase_continue")
    await workspace.until(lambda: "".join(thread.texts()).split() == [*"".join(lines).split(), "and", "the", "end."])
