"""What the browser's page is told, and what people do on it."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, demo_world, open_workspace
from chathakase.playground.content.mrkdwn import composed
from chathakase.playground.model.model_faults import ModelFaults
from chathakase.playground.page_server.page_outbox import PageOutbox
from chathakase.playground.page_server.traffic import shortened
from chathakase.playground.person import PersonClient
from chathakase.playground.world.app_manifest import Manifest
from tests.playground.clients import ALICE, BOB, BOT, CAROL, ELSEWHERE, GENERAL, app_socket, error_of
from tests.playground.page import PageClient, open_page


@pytest.fixture
async def page(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[PageClient]:
    async with open_page(workspace, session) as opened:
        yield opened


@pytest.mark.usefixtures("outside")
async def test_a_page_is_greeted_with_who_is_there(session: aiohttp.ClientSession) -> None:
    commands = [{"command": "/ask", "description": "Asks", "usage_hint": "[what]"}]
    shortcuts = [{"type": "global", "name": "Start", "callback_id": "start", "description": "Starts"}]
    async with (
        open_workspace(commands=commands, shortcuts=shortcuts, model="echo") as workspace,
        open_page(workspace, session) as page,
    ):
        assert page.hello["type"] == "hello"
        (app,) = page.hello["apps"]
        assert page.hello["team"] == {"id": "T0HAKASE01", "name": "Playground", "domain": "playground"}
        assert app["user_id"] == BOT
        assert {user["id"] for user in page.hello["users"]} == {ALICE, BOB, CAROL, BOT}
        assert app["commands"] == commands
        assert app["shortcuts"] == [{"type": "global", "name": "Start", "callback_id": "start"}]
        assert page.hello["model"] == "echo"


async def test_a_snapshot_has_everything(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    root = await alice.say("root")
    reply = await alice.say("reply", thread_ts=root)
    async with open_page(workspace, session) as page:
        general = page.snapshot["conversations"][0]
        assert (general["id"], general["type"], general["name"]) == (GENERAL, "channel", "general")
        assert general["members"] == [ALICE, BOB, CAROL, BOT]
        messages = page.snapshot["messages"][GENERAL]
        assert [message["ts"] for message in messages] == [root, reply]
        assert messages[0]["reply_count"] == 1
        assert page.snapshot["sockets"] == {workspace.world.app.id: 0}
        assert (page.snapshot["homes"], page.snapshot["ephemeral"]) == ([], [])


async def test_a_person_says_edits_reacts_and_deletes(page: PageClient) -> None:
    ts = (await page.do("say", channel=GENERAL, text="@ChatHakase look in #random"))["ts"]
    posted = await page.frame("message")
    assert posted["message"]["text"] == f"<@{BOT}> look in <#C0RANDOM01|random>"
    await page.do("edit", channel=GENERAL, ts=ts, text="never mind")
    edited = await page.frame("message", lambda frame: "edited" in frame["message"])
    assert edited["message"]["text"] == "never mind"
    await page.do("react", channel=GENERAL, ts=ts, name="eyes", on=True)
    reacted = await page.frame("message", lambda frame: "reactions" in frame["message"])
    assert reacted["message"]["reactions"] == [{"name": "eyes", "users": [ALICE], "count": 1}]
    await page.do("react", channel=GENERAL, ts=ts, name="eyes", on=False)
    await page.do("delete", channel=GENERAL, ts=ts)
    gone = await page.frame("gone")
    assert (gone["channel"], gone["ts"]) == (GENERAL, ts)


async def test_a_reply_tells_also_of_its_root(page: PageClient) -> None:
    root = (await page.do("say", channel=GENERAL, text="root"))["ts"]
    await page.do("say", channel=GENERAL, text="reply", thread_ts=root, broadcast=True)
    counted = await page.frame("message", lambda frame: frame["message"].get("reply_count") == 1)
    assert counted["message"]["ts"] == root
    reply = await page.frame("message", lambda frame: frame["message"]["text"] == "reply")
    assert reply["message"]["subtype"] == "thread_broadcast"


async def test_any_method_may_be_called_as_a_person(page: PageClient) -> None:
    answer = await page.do("api", user=BOB, method="auth.test", arguments={})
    assert answer["user_id"] == BOB
    refused = page.do("api", method="conversations.info", arguments={"channel": "C0NOWHERE"})
    assert await error_of(refused) == "channel_not_found"
    await page.do("api", method="conversations.invite", arguments={"channel": ELSEWHERE, "users": BOT})
    joined = await page.frame("conversation")
    assert BOT in joined["conversation"]["members"]


async def test_a_refused_deed_is_answered_and_the_page_goes_on(page: PageClient) -> None:
    assert await error_of(page.do("fly")) == "unknown_deed"
    assert await error_of(page.do("say", user="U0NOBODY", channel=GENERAL, text="hi")) == "user_not_found"
    assert await error_of(page.do("say", user=BOT, channel=GENERAL, text="hi")) == "user_not_found"
    with pytest.raises(Exception, match="invalid_arguments"):
        await page.do("say", text="hi")
    for nonsense in ("no json", "[]", "1", '{"id": {}, "as": [], "do": {}}'):
        await page.ws.send_str(nonsense)
        assert (await page.frame("answer"))["ok"] is False
    assert await page.do("say", channel=GENERAL, text="still here")


async def test_a_deed_that_breaks_does_not_break_the_page(
    page: PageClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(workspace.world.streams), "get", lambda *_: 1 / 0)
    assert await error_of(page.do("stop", channel=GENERAL, ts="1")) == "internal_error"
    assert "ZeroDivisionError" in caplog.text
    assert await page.do("say", channel=GENERAL, text="still here")


async def test_opening_the_tab_is_told_to_the_app(
    workspace: Workspace, session: aiohttp.ClientSession, page: PageClient
) -> None:
    async with app_socket(workspace, session) as app:
        await page.do("home", tab="messages")
        event = await app.event()
        assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", ALICE, "messages")
    assert await error_of(page.do("home", tab="about")) == "invalid_arguments"


async def test_a_status_is_seen_until_the_reply(page: PageClient, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("hello")
    await bot.assistant_threads_setStatus(
        channel_id=GENERAL, thread_ts=root, status="is thinking…", loading_messages=["a", "b"]
    )
    status = await page.frame("status")
    assert (status["channel"], status["thread_ts"], status["status"]) == (GENERAL, root, "is thinking…")
    assert status["loading_messages"] == ["a", "b"]
    await bot.chat_postMessage(channel=GENERAL, thread_ts=root, text="hello")
    assert (await page.frame("status"))["status"] == ""


async def test_a_status_is_not_seen_for_ever(workspace: Workspace, page: PageClient, alice: PersonClient) -> None:
    root = await alice.say("hello")
    workspace.world.set_status(GENERAL, root, "is thinking…", seconds=0.05)
    workspace.world.set_status(GENERAL, root, "is writing…", seconds=0.3)
    assert [(await page.frame("status"))["status"], (await page.frame("status"))["status"]] == ["is writing…", ""]


async def test_a_page_that_comes_later_sees_the_status(
    workspace: Workspace, session: aiohttp.ClientSession, bot: AsyncWebClient, alice: PersonClient
) -> None:
    root = await alice.say("hello")
    await bot.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=root, status="is thinking…")
    async with open_page(workspace, session) as page:
        assert (await page.frame("status"))["status"] == "is thinking…"


async def test_the_apps_traffic_is_shown_without_tokens(
    workspace: Workspace, session: aiohttp.ClientSession, page: PageClient, bot: AsyncWebClient
) -> None:
    async with app_socket(workspace, session) as app:
        assert (await page.frame("sockets"))["counts"] == {workspace.world.app.id: 1}
        await page.do("say", channel=GENERAL, text="hello")
        await app.envelope()
        assert await error_of(bot.chat_postMessage(channel="C0NOWHERE", text="hi")) == "channel_not_found"
        envelope = (await page.frame("traffic", lambda frame: frame["entry"]["kind"] == "envelope"))["entry"]
        assert (envelope["title"], envelope["status"]) == ("events_api message", "ok")
        assert envelope["detail"]["envelope"]["payload"]["event"]["text"] == "hello"
        ack = (await page.frame("traffic", lambda frame: frame["entry"]["kind"] == "ack"))["entry"]
        assert ack["title"] == "ack of events_api message"
        assert ack["seconds"] >= 0
        call = (await page.frame("traffic", lambda frame: frame["entry"]["title"] == "chat.postMessage"))["entry"]
        assert (call["kind"], call["status"], call["detail"]["caller"]) == ("call", "error", BOT)
        assert call["detail"]["arguments"]["text"] == "hi"
        assert workspace.bot_token not in json.dumps(page.frames)
    async with open_page(workspace, session) as later:
        numbers = [entry["number"] for entry in later.snapshot["traffic"]]
        assert numbers == sorted(set(numbers))
        assert "hello" in [entry["title"] for entry in later.snapshot["traffic"]]


async def test_faults_are_caused_on_the_page(
    workspace: Workspace, session: aiohttp.ClientSession, page: PageClient, bot: AsyncWebClient
) -> None:
    async with app_socket(workspace, session) as app:
        await page.do("say", channel=GENERAL, text="hello")
        await app.envelope()
        await page.do("fault", what="redeliver")
        assert (await app.envelope())["retry_attempt"] == 1
        await page.do("fault", what="limit", method="auth.test", seconds=7)
        assert await error_of(bot.auth_test()) == "ratelimited"
        await page.do("fault", what="fail", times=1)
        assert await error_of(bot.auth_test()) == "internal_error"
        await page.do("fault", what="slow", seconds=0.05)
        await bot.auth_test()
        assert workspace.journal.calls("auth.test")[-1].seconds >= 0.05
        await page.do("fault", what="clear")
        assert workspace.faults.slow == 0
        await page.do("fault", what="slow", method="auth.test", times=1, seconds=0.3)
        await bot.auth_test()
        await bot.auth_test()
        slow, quick = workspace.journal.calls("auth.test")[-2:]
        assert slow.seconds >= 0.3 > quick.seconds
        await page.do("fault", what="disconnect")
        assert (await app.envelope())["reason"] == "refresh_requested"
        assert await page.frame("sockets", lambda frame: not any(frame["counts"].values()))
        await page.do("fault", what="drop")
    assert await error_of(page.do("fault", what="flood")) == "invalid_arguments"
    assert await error_of(page.do("fault", what="slow", seconds="soon")) == "invalid_arguments"


async def test_a_page_that_fell_behind_gets_a_new_snapshot() -> None:
    outbox = PageOutbox(most=3)
    outbox.put({"type": "answer", "id": 1})
    for number in range(5):
        outbox.put({"type": "traffic", "number": number})
    batch = await outbox.take()
    assert batch.missed
    assert {frame["type"] for frame in batch.frames} == {"answer", "traffic"}
    outbox.put({"type": "message", "text": "old"}, ("message", "1"))
    outbox.put({"type": "message", "text": "new"}, ("message", "1"))
    batch = await outbox.take()
    assert (batch.missed, batch.frames) == (False, ({"type": "message", "text": "new"},))


async def test_a_page_that_reads_nothing_holds_up_nobody(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with open_page(workspace, session), open_page(workspace, session) as reader:
        async with asyncio.timeout(30):
            for number in range(300):
                await alice.say(f"{number} " + "x" * 1_000)
        last = await reader.frame("message", lambda frame: frame["message"]["text"].startswith("299 "))
        assert last["channel"] == GENERAL


def test_long_details_are_cut() -> None:
    cut = shortened({"text": "x" * 5_000, "items": list(range(100)), "number": 1})
    assert cut["text"].endswith("… (5,000 characters)")
    assert len(cut["items"]) == 51
    assert cut["number"] == 1


@pytest.mark.usefixtures("outside")
async def test_the_workspace_closes_with_a_page_open(session: aiohttp.ClientSession) -> None:
    async with open_workspace(limits=NoLimits()) as workspace:
        url = f"{workspace.address}/page/socket"
        ws = await session.ws_connect(url)
        await ws.receive_json(timeout=20)
    frames = [await ws.receive(timeout=20) for _ in range(2)]
    assert frames[-1].type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)


async def test_a_fault_says_how_much_there_is_that_it_meets(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient, page: PageClient
) -> None:
    for what in ("disconnect", "drop", "redeliver", "kill_stream"):
        assert await page.do("fault", what=what) == {"count": 0}
    assert await page.do("fault", what="model", how="slow") == {"count": 0}
    assert await error_of(page.do("fault", what="model", how="sad")) == "invalid_arguments"
    await alice.say("hello")
    async with app_socket(workspace, session):
        assert await page.do("fault", what="redeliver") == {"count": 1}
        assert await page.do("fault", what="disconnect") == {"count": 1}


@pytest.mark.usefixtures("outside")
async def test_the_echo_is_disturbed_from_the_page(session: aiohttp.ClientSession) -> None:
    faults = ModelFaults()
    async with open_workspace(model_faults=faults) as workspace, open_page(workspace, session) as page:
        assert await page.do("fault", what="model", how="cut") == {"count": 1}
        assert faults.take() == "cut"
        await page.do("fault", what="model", how="overload")
        await page.do("fault", what="clear")
        assert faults.take() is None


async def test_a_mention_in_a_message_with_a_file_is_one(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData({"as": ALICE, "channel": GENERAL, "text": "@ChatHakase read this, see #random"})
    form.add_field("file", b"a note", filename="note.txt")
    async with session.post(f"{workspace.address}/page/upload", data=form) as response:
        ts = (await response.json())["ts"]
    message = workspace.world.timeline(GENERAL).get(ts)
    assert message is not None
    assert message.text == f"<@{BOT}> read this, see <#C0RANDOM01|random>"
    assert message.blocks[0]["elements"][0]["elements"][0] == {"type": "user", "user_id": BOT}


async def test_a_name_of_several_words_is_mentioned_whole() -> None:
    world = demo_world(manifests=[Manifest("Note Taker", "Note Taker & Co")])
    text = composed(world, "@note taker & co, and @bob")
    assert text == f"<@{world.bot.id}>, and <@U0BOB00001>"
