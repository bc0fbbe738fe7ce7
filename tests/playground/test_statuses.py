"""What the bot shows under a thread that it is doing, and the Stop that goes with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.socket_mode.subscribed_events import SUBSCRIPTIONS
from tests.playground.clients import ALICE, GENERAL, app_socket, error_of

pytestmark = pytest.mark.usefixtures("outside")

NO_STOP = "missing_agent_session_stopped_event_subscription"


@asynccontextmanager
async def _opened(session: aiohttp.ClientSession, **options: object) -> AsyncIterator[tuple[Workspace, AsyncWebClient]]:
    async with open_workspace(limits=NoLimits(), **options) as workspace:  # type: ignore[arg-type]
        yield workspace, AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)


async def _think(bot: AsyncWebClient, root: str, status: str = "is thinking…") -> None:
    await bot.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=root, status=status)


async def _stream(bot: AsyncWebClient, root: str) -> str:
    answer = await bot.chat_startStream(
        channel=GENERAL, thread_ts=root, recipient_user_id=ALICE, recipient_team_id="T0HAKASE01"
    )
    return str(answer["ts"])


async def test_a_status_is_shown_replaced_and_cleared(
    workspace: Workspace, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root, other = await alice.say("hello"), await alice.say("another")
    assert workspace.status(GENERAL, root) == ""
    await _think(bot, root)
    assert workspace.status("#general", root) == "is thinking…"
    await _think(bot, root, "is writing…")
    await alice.say("well?", thread_ts=root)
    await bot.chat_postMessage(channel=GENERAL, text="elsewhere", thread_ts=other)
    await bot.chat_postMessage(channel=GENERAL, text="in the channel")
    assert (workspace.status(GENERAL, root), workspace.status(GENERAL, other)) == ("is writing…", "")
    await _think(bot, root, "")
    assert workspace.status(GENERAL, root) == ""


async def test_a_reply_clears_a_status(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("hello")
    await _think(bot, root)
    reply = (await bot.chat_postMessage(channel=GENERAL, text="hi", thread_ts=root))["ts"]
    assert workspace.status(GENERAL, root) == ""
    await _think(bot, root, "is writing…")
    await bot.chat_update(channel=GENERAL, ts=reply, text="hi there")
    assert workspace.status(GENERAL, root) == "is writing…"
    await _stream(bot, root)
    assert workspace.status(GENERAL, root) == ""


async def test_a_status_ends_after_its_time(session: aiohttp.ClientSession) -> None:
    async with _opened(session, status_seconds=0.2) as (workspace, bot), workspace.person("alice") as alice:
        root = await alice.say("hello")
        await _think(bot, root)
        assert workspace.status(GENERAL, root)
        await workspace.until(lambda: not workspace.status(GENERAL, root), 2)


async def test_a_session_at_work_says_so_until_it_is_told_otherwise(
    workspace: Workspace, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root = await alice.say("hello")
    answer = await bot.agents_sessions_setStatus(channel_id=GENERAL, thread_ts=root, status="processing")
    assert "warning" not in answer.data
    await bot.chat_postMessage(channel=GENERAL, text="one moment", thread_ts=root)
    assert workspace.status(GENERAL, root) == "Working…"
    await bot.agents_sessions_setStatus(channel_id=GENERAL, thread_ts=root, status="active")
    assert workspace.status(GENERAL, root) == ""


async def test_the_end_of_a_stream_ends_the_work(
    workspace: Workspace, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root = await alice.say("hello")
    await bot.agents_sessions_setStatus(channel_id=GENERAL, thread_ts=root, status="processing")
    ts = await _stream(bot, root)
    assert workspace.status(GENERAL, root) == "Working…"
    await bot.chat_stopStream(channel=GENERAL, ts=ts)
    assert workspace.status(GENERAL, root) == ""


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_person_presses_stop(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, alice: PersonClient, streaming: bool
) -> None:
    root = await alice.say("hello")
    assert await error_of(alice.stop(GENERAL, root)) == "no_stop_button"
    await bot.agents_sessions_setStatus(channel_id=GENERAL, thread_ts=root, status="processing")
    streams = []
    if streaming:
        streams = [await _stream(bot, root) for _ in range(2)]
    async with app_socket(workspace, session) as app:
        await alice.stop(GENERAL, root)
        while (event := await app.event())["type"] != "agent_session_stopped":
            pass
    assert (event["channel"], event["thread_ts"], event["user"]) == (GENERAL, root, ALICE)
    assert event["streaming_message_ts"] == streams
    for ts in streams:
        append = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="more")
        assert await error_of(append) == "stopped_by_user"
    assert workspace.status(GENERAL, root) == "Working…"


async def test_without_the_subscription_there_is_no_stop(session: aiohttp.ClientSession) -> None:
    events = SUBSCRIPTIONS - {"agent_session_stopped"}
    async with _opened(session, subscriptions=events) as (workspace, bot), workspace.person("alice") as alice:
        root = await alice.say("hello")
        answer = await bot.agents_sessions_setStatus(channel_id=GENERAL, thread_ts=root, status="processing")
        assert (answer["warning"], answer["response_metadata"]["warnings"]) == (NO_STOP, [NO_STOP])
        assert await error_of(alice.stop(GENERAL, root)) == "no_stop_button"
