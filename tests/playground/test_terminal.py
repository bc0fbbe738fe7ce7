"""A person at the terminal, with a bot of a few lines at the other end."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from rich.console import Console
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace, demo_world
from chathakase.playground.terminal.replies import Replies
from chathakase.playground.terminal.stdin import stdin_lines
from chathakase.playground.terminal.talk import talk
from tests.doubles.clock import SettableClock
from tests.playground.clients import ALICE_DM, BOB_DM, BOT, GENERAL, RANDOM, AppSocket, app_socket


@asynccontextmanager
async def _parrot(workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient) -> AsyncIterator[None]:
    """A bot that repeats every message of a person in its thread, in two steps."""

    async def run() -> None:
        async with app_socket(workspace, session) as app:
            while True:
                event = await app.event()
                if event["type"] != "message" or event.get("bot_id") or event.get("subtype"):
                    continue
                root = event.get("thread_ts", event["ts"])
                posted = await bot.chat_postMessage(channel=event["channel"], thread_ts=root, text="**Half")
                said = event["text"].replace(f"<@{BOT}> ", "")
                await bot.chat_update(channel=event["channel"], ts=posted["ts"], text=f"**You said:** {said}")

    running = asyncio.create_task(run())
    try:
        await workspace.wait_for_socket()
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _lines(lines: Iterable[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def _talk(workspace: Workspace, *lines: str, terminal: bool = False, **options: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100, height=30, force_terminal=terminal, color_system=None)
    options = {"within": 0.3, "settle": 0.05} | options
    await talk(workspace, lines=_lines(lines), console=console, **options)
    return out.getvalue()


async def test_a_talk_from_the_welcome_to_the_farewell(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    async with _parrot(workspace, session, bot):
        shown = await _talk(workspace, "hello", "again", model="echo", within=20, settle=0.5)
    assert "ChatHakase is the real bot with the model echo" in shown
    assert "alice #general › hello" in shown
    assert "alice #general, in the thread › again" in shown
    assert shown.index("You said: hello") < shown.index("› again") < shown.index("You said: again")
    assert "Half" not in shown
    assert shown.rstrip().endswith("Bye.")
    root, _, second, _ = _said(workspace, GENERAL)
    assert root.text == f"<@{BOT}> hello"
    assert (second.text, second.thread_ts) == ("again", root.ts)


def _said(workspace: Workspace, channel: str) -> list[Any]:
    timeline = workspace.world.timeline(channel)
    return [timeline.get(ts) for root in timeline.main() for ts in timeline.with_replies(root)]


async def test_a_terminal_shows_a_reply_while_it_grows(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    async with _parrot(workspace, session, bot):
        shown = await _talk(workspace, "hello <b>", terminal=True)
    assert "You said: hello <b>" in shown
    assert "alice #general › " in shown


async def test_places_threads_and_people_change(workspace: Workspace) -> None:
    shown = await _talk(
        workspace,
        "in general",
        "/channel random",
        "@ChatHakase in random",
        "/dm",
        "in private",
        "/as bob",
        "from bob",
        "/threads",
        "/threads 1",
        "back in general",
        "/new",
        "a new thread",
        "/as nobody",
        "/channel secretive",
        "/what",
        "",
        "/quit",
        "not said",
        within=0.01,
    )
    assert [message.text for message in _said(workspace, RANDOM)] == [f"<@{BOT}> in random"]
    assert [message.text for message in _said(workspace, ALICE_DM)] == ["in private"]
    assert [message.text for message in _said(workspace, BOB_DM)] == ["from bob"]
    first, joined, second = _said(workspace, GENERAL)
    assert (first.text, joined.text, second.text) == (
        f"<@{BOT}> in general",
        "back in general",
        f"<@{BOT}> a new thread",
    )
    assert joined.thread_ts == first.ts
    assert "1. #general: @ChatHakase in general" in shown
    assert "You can be: alice, bob, carol." in shown
    assert "There is no channel #secretive for bob." in shown
    assert "No answer so far." in shown
    assert "not said" not in shown


async def test_slack_errors_are_told(workspace: Workspace) -> None:
    workspace.world.change_conversation(GENERAL, is_archived=True)
    assert "Slack says: is_archived" in await _talk(workspace, "hello")


async def test_what_the_bot_says_unasked_is_shown(workspace: Workspace, bot: AsyncWebClient) -> None:
    out = io.StringIO()

    async def lines() -> AsyncIterator[str]:
        await bot.chat_postMessage(channel=GENERAL, text="by the way")
        await workspace.until(lambda: "by the way" in out.getvalue())
        yield "/quit"

    console = Console(file=out, width=100)
    await talk(workspace, lines=lines(), console=console, within=0.3, settle=0.05)
    assert "by the way" in out.getvalue()


def _finished(replies: Replies) -> list[str]:
    return [message.text for message in replies.finished()]


def test_a_slow_writer_is_given_time() -> None:
    world, clock = demo_world(), SettableClock(0.0)
    with Replies(world, settle=1.5, clock=clock) as replies:
        message = world.post(GENERAL, BOT, "one")
        clock.now = 1.4
        assert _finished(replies) == []
        world.change(message, text="two")
        clock.now = 2.8
        assert _finished(replies) == []
        world.change(message, text="three")
        clock.now = 2.8 + 2.0
        assert _finished(replies) == []
        clock.now = 2.8 + 2.1
        assert _finished(replies) == ["three"]
        assert replies.latest is None


def test_a_deleted_reply_is_not_waited_for_and_a_status_is_seen() -> None:
    world = demo_world()
    with Replies(world) as replies:
        message = world.post(GENERAL, BOT, "never mind")
        assert replies.latest == message
        world.delete(message)
        assert replies.latest is None
        world.set_status(GENERAL, message.ts, "is thinking…")
        assert replies.status == "is thinking…"


async def test_lines_come_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as end:
        monkeypatch.setattr("sys.stdin", end)
        os.write(writing, "één\r\nzwei\nlast".encode())
        os.close(writing)
        assert [line async for line in stdin_lines()] == ["één", "zwei", "last"]


BUTTONS = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "all",
            "text": {"type": "plain_text", "text": "Everyone\u2019s"},
            "value": "all",
        },
        {
            "type": "button",
            "action_id": "mine",
            "text": {"type": "plain_text", "text": "Only mine"},
            "confirm": {"text": {"type": "plain_text", "text": "This can\u2019t be undone."}},
        },
        {
            "type": "static_select",
            "action_id": "when",
            "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("Now", "Later")],
        },
    ],
}


async def test_what_a_question_offers_is_shown_and_chosen(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    out = io.StringIO()

    async def lines() -> AsyncIterator[str]:
        await bot.chat_postMessage(channel=GENERAL, text="Which ones?", blocks=[SECTION, BUTTONS])
        await workspace.until(lambda: "/choose 4" in out.getvalue())
        for line in ("/choose 1", "/choose 2", "/choose 2", "/choose 4", "/choose 5", "/choose x"):
            yield line

    async with app_socket(workspace, session) as app:
        reading = asyncio.create_task(_actions(app, 3))
        console = Console(file=out, width=100, color_system=None)
        await talk(workspace, lines=lines(), console=console, within=0.1, settle=0.05, choice_within=0.01)
        actions = await asyncio.wait_for(reading, 20)
    assert [action["action_id"] for action in actions] == ["all", "mine", "when"]
    assert (actions[0]["value"], actions[2]["selected_option"]["value"]) == ("all", "Later")
    shown = out.getvalue()
    assert "/choose 1  Everyone\u2019s" in shown
    assert "/choose 4  Later" in shown
    assert shown.count("This can\u2019t be undone. /choose 2 again to go ahead.") == 1
    assert "Choose from 1 to 4." in shown


async def test_without_a_question_there_is_nothing_to_choose(workspace: Workspace) -> None:
    assert "There is nothing to choose." in await _talk(workspace, "/choose 1")


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Which ones?"}}


async def _actions(app: AppSocket, count: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < count:
        payload = (await app.envelope())["payload"]
        found += payload.get("actions", [])
    return found
