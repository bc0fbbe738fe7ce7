"""Admins get a picture of what everybody used, for their eyes only, and lose nothing where they get none."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chathakase.engine.sessions import SessionManager
from chathakase.files import chart_painter
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.workspace_files import File
from tests.end_to_end.at_rest import all_answers_kept, at_rest
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.end_to_end.process import running

Start = Callable[..., Awaitable[Thread]]

TOLD = "**What everybody used**"
UPLOAD = "files.getUploadURLExternal"


def pictures(workspace: Workspace) -> dict[str, list[File]]:
    """All files that the bot has shared, by the conversation."""
    found: dict[str, list[File]] = {}
    for conversation in workspace.world.conversations():
        for message in workspace.world.timeline(conversation.id).messages():
            files = map(workspace.world.files.get, message.files)
            ours = [file for file in files if file and file.user == workspace.world.bot.id]
            found.setdefault(conversation.id, []).extend(ours)
    return {channel: files for channel, files in found.items() if files}


@pytest.fixture
async def asked(start: Start, workspace: Workspace, bot: SessionManager, bob: PersonClient) -> Thread:
    """A thread in which Bob asked something that cost 18 tokens."""
    thread = await start("@ChatHakase hello", person=bob)
    await thread.answers(1)
    await at_rest(workspace, bot)
    return thread


@pytest.mark.parametrize("where", ["in the channel", "in a direct message"])
async def test_an_admin_gets_a_picture_in_their_direct_message(
    where: str, asked: Thread, start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient
) -> None:
    direct = alice.direct_message().id
    if where == "in the channel":
        await asked.say("@ChatHakase all usage", alice)
    else:
        await start("all usage", channel="@")
    text = await await_ephemeral(workspace, alice, TOLD)
    await workspace.until(lambda: bool(pictures(workspace)))
    await at_rest(workspace, bot)
    ((channel, (file,)),) = pictures(workspace).items()
    assert (channel, file.name) == (direct, "usage.png")
    image = Image.open(BytesIO(workspace.world.files.content(file.id)))
    assert (image.format, image.width) == ("PNG", 720)
    assert "1 question, 18 tokens" in file.alt_text
    assert "1 question, 18 tokens" in text
    (message,) = [each for each in workspace.world.timeline(direct).messages() if each.files]
    assert message.text == "What everybody used in the last 14 days, as a picture."
    assert message.thread_ts is None


async def test_who_is_no_admin_gets_none(
    asked: Thread, workspace: Workspace, bot: SessionManager, carol: PersonClient
) -> None:
    await asked.say("@ChatHakase all usage", carol)
    await await_ephemeral(workspace, carol, "")
    await asked.say("@ChatHakase usage", carol)
    await await_ephemeral(workspace, carol, "You have used nothing")
    await at_rest(workspace, bot)
    assert pictures(workspace) == {}
    assert not workspace.journal.calls(UPLOAD)


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [("no scope", "missing_scope"), ("no direct message", "user_disabled"), ("no library", "its process failed")],
)
async def test_the_text_stands_alone_where_there_is_no_picture(
    trouble: str,
    cause: str,
    asked: Thread,
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if trouble == "no library":
        monkeypatch.setattr(chart_painter, "BAR_CHART", "tests.files.child_without_pillow")
    elif trouble == "no scope":
        workspace.faults.slack_error(UPLOAD, "missing_scope")
    else:
        workspace.faults.slack_error("conversations.open", "user_disabled")
    with caplog.at_level(logging.WARNING):
        await asked.say("@ChatHakase all usage", alice)
        await await_ephemeral(workspace, alice, TOLD)
        await at_rest(workspace, bot)
    assert pictures(workspace) == {}
    assert len(asked.texts()) == 1
    (told,) = [
        text for text in map(logging.LogRecord.getMessage, caplog.records) if "chart" in text or "picture" in text
    ]
    assert cause in told


@pytest.mark.parametrize(
    "trouble", ["delivered twice", "redelivered", pytest.param("its answer is lost", marks=pytest.mark.long)]
)
async def test_it_comes_once(
    trouble: str, asked: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient
) -> None:
    if trouble == "delivered twice":
        workspace.faults.duplicate_events = 2
    elif trouble == "its answer is lost":
        workspace.faults.lose_answer("files.completeUploadExternal")
    await asked.say("@ChatHakase all usage", alice)
    await workspace.until(lambda: bool(pictures(workspace)))
    if trouble == "redelivered":
        workspace.redeliver_last()
    await asked.say("@ChatHakase session info", alice)
    await asked.answers(2)
    await at_rest(workspace, bot)
    assert [len(files) for files in pictures(workspace).values()] == [1]


async def test_the_text_does_not_wait_for_it(
    asked: Thread, workspace: Workspace, bot: SessionManager, alice: PersonClient
) -> None:
    told = asyncio.Event()
    workspace.faults.hold(UPLOAD, told)
    await asked.say("@ChatHakase all usage", alice)
    await await_ephemeral(workspace, alice, TOLD)
    assert pictures(workspace) == {}
    told.set()
    await workspace.until(lambda: bool(pictures(workspace)))
    await at_rest(workspace, bot)


@pytest.mark.long
async def test_there_is_one_picture_though_the_process_dies(
    environment: dict[str, str], start: Start, workspace: Workspace, alice: PersonClient, database: Path, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: all_answers_kept(database))
        workspace.faults.hang("files.completeUploadExternal", done=True)
        await thread.say("@ChatHakase all usage")
        await workspace.until(lambda: bool(pictures(workspace)))
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        looked = len(workspace.journal.calls("conversations.history"))
        await workspace.until(lambda: len(workspace.journal.calls("conversations.history")) > looked, 20)
        await thread.say("help")
        await workspace.until(lambda: "session info" in "".join(thread.texts()), 20)
    assert [len(files) for files in pictures(workspace).values()] == [1]
