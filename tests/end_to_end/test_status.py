"""What people see while the model has said nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.replies.status import REFRESH
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, fails, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


def status(thread: Thread) -> str:
    return thread.workspace.status(thread.channel, thread.ts)


async def until_thinking(thread: Thread) -> None:
    await thread.workspace.until(lambda: "thinking" in status(thread))


@pytest.mark.parametrize("channel", ["#general", "@"])
async def test_a_silent_model_is_said_to_think_until_its_first_words(
    channel: str, bot: SessionManager, start: Start, model: ModelServer
) -> None:
    wait, hold = asyncio.Event(), asyncio.Event()
    model.will(says("First", " last.", wait=wait, hold=hold))
    thread = await start("@ChatHakase hi", channel=channel)
    await until_thinking(thread)
    assert thread.replies() == []
    wait.set()
    await thread.answers(1, containing="First")
    await thread.workspace.until(lambda: status(thread) == "")
    hold.set()
    await thread.answers(1, containing="last.")


async def test_a_quick_answer_needs_no_status(
    bot: SessionManager, start: Start, settled: Settled, workspace: Workspace
) -> None:
    await (await start("@ChatHakase hi")).answers(1)
    await settled()
    assert workspace.journal.calls("assistant.threads.setStatus") == []


@pytest.mark.parametrize("way", ["failure", "clear", "stop", "shutdown", "channel archived"])
async def test_it_is_cleared_on_every_way_out(
    way: str, open_the_bot: OpenBot, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    wait = asyncio.Event()
    model.will(says("never", wait=wait) if way != "failure" else fails_when(wait))
    async with open_the_bot():
        thread = await start("@ChatHakase hi")
        await until_thinking(thread)
        match way:
            case "failure":
                wait.set()
            case "clear":
                await thread.say("clear session")
            case "stop":
                await thread.say("stop")
            case "channel archived":
                workspace.archive("general")
                wait.set()
            case _:
                pass
        if way != "shutdown":
            await workspace.until(lambda: status(thread) == "")
    assert status(thread) == ""


def fails_when(wait: asyncio.Event) -> Any:
    async def answer(request: Any, body: Any) -> Any:
        await wait.wait()
        return await fails(400)(request, body)

    return answer


async def test_it_is_refreshed_before_slack_drops_it(
    open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch, model: ModelServer, database: Any
) -> None:
    assert REFRESH < 120
    monkeypatch.setattr("chathakase.slack.replies.status.REFRESH", 0.2)
    wait = asyncio.Event()
    model.will(says("Done.", wait=wait))
    async with open_workspace(status_seconds=2.0, seed=1) as workspace:
        settings = {"slack_bot_token": workspace.bot_token, "slack_app_token": workspace.app_token}
        async with open_the_bot(**settings, slack_api_url=workspace.api_url), workspace.person("alice") as alice:
            channel = workspace.channel("general").id
            thread = Thread(workspace, alice, channel, await alice.say("@ChatHakase hi", channel=channel))
            await until_thinking(thread)
            for _ in range(25):
                await asyncio.sleep(0.1)
                assert "thinking" in status(thread)
            wait.set()
            await thread.answers(1, containing="Done.")


@pytest.mark.parametrize("refusal", ["unknown_method", "missing_scope"])
async def test_where_there_is_no_status_a_placeholder_grows_into_the_reply(
    refusal: str, bot: SessionManager, start: Start, model: ModelServer, workspace: Workspace
) -> None:
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        workspace.faults.slack_error(method, refusal, times=9)
    wait = asyncio.Event()
    model.will(says("Here it is.", wait=wait))
    thread = await start("@ChatHakase hi")
    assert "thinking" in (await thread.answers(1))[0]
    wait.set()
    assert await thread.answers(1, containing="Here") == ["Here it is."]


async def test_the_newer_method_takes_over_when_the_older_one_is_gone(
    bot: SessionManager, start: Start, model: ModelServer, workspace: Workspace, settled: Settled
) -> None:
    workspace.faults.slack_error("assistant.threads.setStatus", "method_deprecated", times=9)
    wait = asyncio.Event()
    model.will(says("Here it is.", wait=wait))
    thread = await start("hi", channel="@")
    sessions = workspace.world.sessions
    key = (thread.channel, thread.ts)
    await workspace.until(lambda: key in sessions and sessions[key].status == "processing")
    wait.set()
    await thread.answers(1, containing="Here")
    await workspace.until(lambda: sessions[key].status == "active")


async def test_a_session_cleared_while_the_placeholder_is_posted_leaves_none(
    bot: SessionManager, start: Start, model: ModelServer, workspace: Workspace, settled: Settled
) -> None:
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        workspace.faults.slack_error(method, "unknown_method", times=9)
    workspace.faults.delay("chat.postMessage", 1.0)
    model.will(says("never", wait=asyncio.Event()))
    thread = await start("@ChatHakase hi")
    await workspace.until(lambda: bool(workspace.journal.calls("agents.sessions.setStatus")))
    await asyncio.sleep(0.3)
    await thread.say("clear session")
    await workspace.until(lambda: len(thread.replies()) == 2)
    await settled()
    assert not any("thinking" in text for text in thread.texts())
    assert all(block["type"] != "actions" for message in thread.replies() for block in message.blocks)
