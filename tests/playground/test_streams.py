"""Native streams: who may start one, how a message grows, and the ways in which it ends."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from tests.playground.clients import ALICE, ALICE_DM, BOB, ELSEWHERE, GENERAL, app_socket, error_of, impatient
from tests.playground.page import PageClient, open_page

pytestmark = pytest.mark.usefixtures("outside")

TO_ALICE = {"recipient_user_id": ALICE, "recipient_team_id": "T0HAKASE01"}


@pytest.fixture
async def root(alice: PersonClient) -> str:
    return await alice.say("hello")


@pytest.fixture
async def page(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[PageClient]:
    async with open_page(workspace, session) as opened:
        yield opened


async def _start(bot: AsyncWebClient, root: str, **more: Any) -> str:
    return str((await bot.chat_startStream(channel=GENERAL, thread_ts=root, **(TO_ALICE | more)))["ts"])


async def test_a_message_is_seen_to_stream(page: PageClient, bot: AsyncWebClient, root: str) -> None:
    ts = await _start(bot, root, markdown_text="**Hel")
    first = (await page.frame("message", lambda frame: frame["message"]["ts"] == ts))["message"]
    assert (first["streaming"], first["thread_ts"], first["text"]) == (True, root, "**Hel")
    await bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="lo** & more")
    grown = (await page.frame("message", lambda frame: frame["message"]["text"] == "**Hello** &amp; more"))["message"]
    assert grown["blocks"][0]["text"] == "**Hello** & more"
    button = {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}]}
    metadata = {"event_type": "turn", "event_payload": {"n": 1}}
    answer = await bot.chat_stopStream(channel=GENERAL, ts=ts, markdown_text="!", blocks=[button], metadata=metadata)
    assert answer["message"]["streaming_state"] == "completed"
    assert [block["type"] for block in answer["message"]["blocks"]] == ["markdown", "actions"]
    last = (await page.frame("message", lambda frame: "metadata" in frame["message"]))["message"]
    assert "streaming" not in last
    again = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="more")
    assert await error_of(again) == "message_not_in_streaming_state"


async def test_slack_sdks_own_streamer_works(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("hello", channel="@")
    stream = await bot.chat_stream(channel=ALICE_DM, thread_ts=root, buffer_size=5)
    for piece in ("one ", "two ", "three ", "four"):
        await stream.append(markdown_text=piece)
    await stream.stop()
    (reply,) = workspace.world.timeline(ALICE_DM).messages()[1:]
    assert reply.text == "one two three four"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0NOBODY00"}, "user_not_found"),
        ({"recipient_team_id": "T0ELSEWHERE"}, "team_not_found"),
        ({"thread_ts": "1700000000.000100"}, "invalid_thread_ts"),
        ({"thread_ts": "now"}, "invalid_thread_ts"),
        ({"channel": ELSEWHERE}, "not_in_channel"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "nonsense"}]}, "invalid_chunks"),
        ({"chunks": "no list"}, "invalid_chunks"),
        ({"task_display_mode": "table"}, "invalid_arguments"),
    ],
)
async def test_a_stream_that_slack_would_not_start(bot: AsyncWebClient, root: str, more: Json, code: str) -> None:
    given = {"channel": GENERAL, "thread_ts": root, **TO_ALICE, **more}
    assert await error_of(bot.chat_startStream(**given)) == code


async def test_an_append_that_slack_would_not_take(bot: AsyncWebClient, root: str) -> None:
    ts = await _start(bot, root)
    assert await error_of(bot.chat_appendStream(channel=GENERAL, ts=ts)) == "no_text"
    other = bot.chat_appendStream(channel=GENERAL, ts=root, markdown_text="x")
    assert await error_of(other) == "message_not_owned_by_app"
    nothing = bot.chat_appendStream(channel=GENERAL, ts="1700000000.000100", markdown_text="x")
    assert await error_of(nothing) == "message_not_found"
    await bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="x" * 7_000)
    too_long = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="x" * 5_001)
    assert await error_of(too_long) == "msg_too_long"
    assert await error_of(bot.chat_update(channel=GENERAL, ts=ts, text="new")) == "streaming_state_conflict"
    assert await error_of(bot.chat_stopStream(channel=GENERAL, ts=ts, session_status="tired")) == "invalid_status"
    await bot.chat_stopStream(channel=GENERAL, ts=ts)
    await bot.chat_update(channel=GENERAL, ts=ts, text="new")
    plain = (await bot.chat_postMessage(channel=GENERAL, text="no stream"))["ts"]
    assert await error_of(bot.chat_stopStream(channel=GENERAL, ts=plain)) == "message_not_in_streaming_state"


def _task(number: int, status: str, **more: str) -> Json:
    return {"type": "task_update", "id": f"t{number}", "title": f"Task {number}", "status": status, **more}


async def test_a_stream_takes_so_many_bytes(bot: AsyncWebClient, root: str) -> None:
    ts = await _start(bot, root, markdown_text="é" * 5_000)
    append = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="é" * 651)
    assert await error_of(append) == "msg_too_long"
    await bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="é" * 650)
    last = bot.chat_stopStream(channel=GENERAL, ts=ts, markdown_text="!")
    assert await error_of(last) == "msg_too_long"
    await bot.chat_stopStream(channel=GENERAL, ts=ts)


async def test_a_thread_shows_what_was_streamed_and_its_metadata(bot: AsyncWebClient, root: str) -> None:
    ts = await _start(bot, root, markdown_text="one ")
    metadata = {"event_type": "turn", "event_payload": {"n": 1}}
    await bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="two ")
    await bot.chat_stopStream(channel=GENERAL, ts=ts, markdown_text="three", metadata=metadata)
    thread = await bot.conversations_replies(channel=GENERAL, ts=root, include_all_metadata=True)
    reply = thread["messages"][1]
    assert (reply["ts"], reply["text"], reply["metadata"]) == (ts, "one two three", metadata)


async def test_tasks_stand_where_they_came_or_in_a_plan(workspace: Workspace, bot: AsyncWebClient, root: str) -> None:
    for mode, kinds in (("timeline", ["task_card", "markdown", "task_card"]), ("plan", ["plan", "markdown"])):
        ts = await _start(bot, root, task_display_mode=mode, chunks=[_task(1, "in_progress", details="reading")])
        await bot.chat_appendStream(
            channel=GENERAL,
            ts=ts,
            chunks=[{"type": "markdown_text", "text": "Text"}, _task(1, "complete"), _task(2, "pending")],
        )
        message = workspace.world.timeline(GENERAL).get(ts)
        assert message is not None
        assert [block["type"] for block in message.blocks] == kinds
        tasks = message.blocks[0]["tasks"] if mode == "plan" else [message.blocks[0], message.blocks[2]]
        assert [task["status"] for task in tasks] == ["complete", "pending"]
        assert tasks[0]["details"]["type"] == "rich_text"
        blocks = [{"type": "divider"}]
        chunks: list[Json] = [{"type": "plan_update", "title": "Plan"}, {"type": "blocks", "blocks": blocks}]
        await bot.chat_stopStream(channel=GENERAL, ts=ts, chunks=chunks)
    wrong = _start(bot, root, chunks=[_task(1, "completed")])
    assert await error_of(wrong) == "invalid_chunks"


async def test_a_stream_ends_after_its_time(session: aiohttp.ClientSession) -> None:
    opening = open_workspace(limits=NoLimits(), stream_seconds=0.5, stream_text_most=10)
    async with opening as workspace, workspace.person("alice") as alice:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        ts = await _start(bot, await alice.say("hello"), markdown_text="Hi")
        long = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="123456789")
        assert await error_of(long) == "msg_too_long"
        await workspace.until(lambda: not workspace.world.streams.all())
        append = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="x")
        assert await error_of(append) == "message_not_in_streaming_state"
        assert await error_of(bot.chat_stopStream(channel=GENERAL, ts=ts)) == "message_not_in_streaming_state"
        await bot.chat_update(channel=GENERAL, ts=ts, text="the whole text")


async def test_a_person_stops_a_stream(
    workspace: Workspace, session: aiohttp.ClientSession, page: PageClient, bot: AsyncWebClient, root: str
) -> None:
    ts = await _start(bot, root, markdown_text="Hi")
    async with app_socket(workspace, session) as app:
        await page.do("stop", user=BOB, channel=GENERAL, ts=ts)
        while (event := await app.event())["type"] != "agent_session_stopped":
            pass
    assert (event["channel"], event["thread_ts"], event["user"]) == (GENERAL, root, BOB)
    assert event["streaming_message_ts"] == [ts]
    append = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="more")
    assert await error_of(append) == "stopped_by_user"
    assert workspace.world.sessions[GENERAL, root].status == "processing"
    await page.do("stop", channel=GENERAL, ts=ts)
    await bot.chat_update(channel=GENERAL, ts=ts, text="Hi. (Stopped.)")


async def test_a_fault_kills_a_stream(page: PageClient, bot: AsyncWebClient, root: str) -> None:
    ts = await _start(bot, root, markdown_text="Hi")
    await page.do("fault", what="kill_stream")
    append = bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="more")
    assert await error_of(append) == "message_not_in_streaming_state"


@impatient
async def test_the_app_hears_the_beginning_and_the_end_only(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, root: str
) -> None:
    await workspace.until(lambda: workspace.pending_events == 0, 10)
    async with app_socket(workspace, session) as app:
        ts = await _start(bot, root, markdown_text="a")
        await bot.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="b")
        await bot.chat_stopStream(channel=GENERAL, ts=ts)
        first, last = await app.distinct_events(2)
        assert (first["text"], first["bot_id"]) == ("a", "B0HAKASE01")
        assert (last["subtype"], last["message"]["text"]) == ("message_changed", "ab")
