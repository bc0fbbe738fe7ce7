"""What was acknowledged is done, once, also when the process dies in between: commands and presses of buttons."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.engine.turns.verdict import STOPPED, TAKEN_BACK, with_notice
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.process import running
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.long
async def test_a_command_is_answered_once_though_the_process_dies(
    done: bool, environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        workspace.faults.hang("chat.postMessage", done=done)
        await thread.say("help")
        await workspace.until(lambda: workspace.pending_events == 0)
        if done:
            await thread.answers(2, containing="session info")
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await thread.answers(2, containing="session info", within=30)
        # Whatever was left to do comes before what is asked later.
        await thread.say("and now?")
        await workspace.until(lambda: "and now?" in "".join(thread.texts()), 30)
    assert sum("session info" in text for text in thread.texts()) == 1


@pytest.mark.long
async def test_clearing_once_more_ends_no_answer_to_what_was_asked_later(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        # It is done, but the process dies before it hears that it was told.
        workspace.faults.hang("chat.postMessage", done=True)
        await thread.say("clear session")
        await thread.answers(2, containing="forgotten 2 messages")
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await thread.say("and now?")
        await thread.answers(3, containing="and now?", within=30)
        await workspace.until(lambda: "forgotten everything said here" in thread.texts()[1], 30)
        await thread.say("and then?")
        texts = await thread.answers(4, containing="and then?")
    assert texts[2:] == ["I heard: [alice] and now?", "I heard: [alice] and then?"]


@pytest.mark.long
async def test_what_is_asked_after_clear_session_is_answered_though_a_process_died_before(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="beginning")
        process.kill()
        await process.wait()
    await thread.say("clear session")
    await thread.say("and now?")
    async with running(environment, workspace, tmp_path / "log"):
        texts = await thread.answers(3, containing="and now?", within=30)
    # On a busy machine the question may be answered once more before anybody hears of the command.
    assert texts[0].endswith((STOPPED, with_notice("", TAKEN_BACK), "I heard: [alice] hello"))
    assert texts[1].startswith("Done: I have forgotten")
    assert texts[2:] == ["I heard: [alice] and now?"]


async def test_a_press_is_heeded_though_the_process_dies(
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    alice: PersonClient,
    tmp_path: Path,
) -> None:
    model.will(fails(400), says("Half", hold=asyncio.Event()), says("The whole."))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="⚠️")
        await alice.press(thread.channel, thread.replies()[0].ts, "chathakase_retry")
        process.kill()
        await process.wait()
    async with running(environment, workspace, tmp_path / "log"):
        await workspace.until(lambda: len(model.requests) >= 2, 30)
        await thread.answers(1, within=30)
    assert len(thread.texts()) == 1


async def test_one_person_may_ask_only_so_much(
    open_the_bot: OpenBot,
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    alice: PersonClient,
    bob: PersonClient,
) -> None:
    async with open_the_bot(chathakase_person_rate=2):
        first, second = await start("@ChatHakase one"), await start("@ChatHakase two")
        await first.answers(1)
        await second.answers(1)
        await second.say("three")
        await second.say("four")
        await workspace.until(lambda: len(model.requests) == 2 and workspace.pending_events == 0)
        (told,) = await workspace.until(workspace.world.ephemerals.all)
        assert (told.to, told.message.thread_ts) == (alice.user.id, second.ts)
        assert told.message.text.startswith("You are asking faster than I am allowed to answer.")
        await second.say("five", bob)
        await second.answers(2, containing="five")
        assert "three\n\n[alice] four\n\n[bob] five" in model.said()


async def test_one_channel_may_ask_only_so_much(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, model: ModelServer, bob: PersonClient
) -> None:
    async with open_the_bot(chathakase_channel_rate=1):
        await (await start("@ChatHakase one")).answers(1)
        refused = await start("@ChatHakase two", person=bob)
        await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 1)
        direct = await start("three", person=bob, channel="@")
        await direct.answers(1)
        await refused.say("help", bob)
        await refused.answers(1, containing="session info")


async def test_only_so_many_sessions_wait(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, model: ModelServer
) -> None:
    hold = asyncio.Event()
    model.will(says("One", hold=hold), says("Two"))
    async with open_the_bot(chathakase_concurrency=1, chathakase_max_waiting=1):
        first = await start("@ChatHakase one")
        await first.answers(1)
        second = await start("@ChatHakase two")
        await workspace.until(lambda: workspace.pending_events == 0)
        third = await start("@ChatHakase three")
        await workspace.until(lambda: len(workspace.journal.calls("chat.postEphemeral")) == 1)
        await second.say("two and a half")
        hold.set()
        await second.answers(1, containing="Two")
        await third.say("three, again")
        await third.answers(1, containing="three, again")
