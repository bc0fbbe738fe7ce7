"""What the app is told over Socket Mode when something happens in the workspace."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from tests.playground.clients import (
    ALICE,
    ALICE_DM,
    BOB,
    BOT,
    CAROL,
    ELSEWHERE,
    GENERAL,
    GROUP_DM,
    SECRET,
    AppSocket,
    app_socket,
)

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
async def app(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[AppSocket]:
    async with app_socket(workspace, session) as opened:
        yield opened


async def _quiet(workspace: Workspace, bob: PersonClient, app: AppSocket) -> None:
    """Nothing was on its way: the next event is the one of a message that is sent now."""
    marker = await bob.say("marker", channel=SECRET)
    assert (await app.event())["ts"] == marker


async def test_the_wrapper_says_whose_event_it_is(workspace: Workspace, app: AppSocket, alice: PersonClient) -> None:
    await alice.say("hello")
    envelope = await app.envelope()
    assert envelope["type"] == "events_api"
    assert envelope["accepts_response_payload"] is False
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    payload = envelope["payload"]
    assert (payload["type"], payload["team_id"], payload["api_app_id"]) == (
        "event_callback",
        "T0HAKASE01",
        "A0HAKASE01",
    )
    assert payload["event_id"].startswith("Ev")
    assert payload["is_ext_shared_channel"] is False
    assert payload["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T0HAKASE01",
            "user_id": BOT,
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    assert payload["event_time"] == pytest.approx(workspace.world.clock(), abs=5)


@pytest.mark.parametrize(
    ("channel", "kind"), [(GENERAL, "channel"), (SECRET, "group"), (ALICE_DM, "im"), (GROUP_DM, "mpim")]
)
async def test_a_message_names_the_kind_of_its_conversation(
    app: AppSocket, alice: PersonClient, channel: str, kind: str
) -> None:
    ts = await alice.say("hello", channel=channel)
    event = await app.event()
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", kind, channel)
    assert (event["ts"], event["event_ts"], event["user"], event["text"]) == (ts, ts, ALICE, "hello")
    assert event["client_msg_id"]
    assert event["blocks"][0]["type"] == "rich_text"
    assert "subtype" not in event
    assert "bot_id" not in event


async def test_a_mention_is_two_events_with_one_ts(app: AppSocket, alice: PersonClient) -> None:
    ts = await alice.say("@ChatHakase hello")
    envelopes = [await app.envelope(), await app.envelope()]
    events = {each["payload"]["event"]["type"]: each["payload"]["event"] for each in envelopes}
    assert events.keys() == {"message", "app_mention"}
    assert {event["ts"] for event in events.values()} == {ts}
    assert len({each["payload"]["event_id"] for each in envelopes}) == 2
    assert "channel_type" in events["message"]
    assert "channel_type" not in events["app_mention"]


async def test_twins_come_in_either_order(app: AppSocket, alice: PersonClient) -> None:
    firsts = set()
    for _ in range(12):
        await alice.say("@ChatHakase hello")
        firsts.add((await app.event())["type"])
        await app.event()
    assert firsts == {"message", "app_mention"}


async def test_a_mention_in_a_direct_message_is_just_a_message(
    workspace: Workspace, app: AppSocket, alice: PersonClient, bob: PersonClient
) -> None:
    await alice.say("@ChatHakase hello", channel="@")
    assert (await app.event())["type"] == "message"
    await _quiet(workspace, bob, app)


async def test_a_reply_names_its_root(app: AppSocket, alice: PersonClient, bob: PersonClient) -> None:
    root = await alice.say("root")
    await app.event()
    await bob.say("reply", thread_ts=root)
    event = await app.event()
    assert (event["thread_ts"], event["parent_user_id"]) == (root, ALICE)


async def test_nothing_is_heard_from_where_the_bot_is_not(
    workspace: Workspace, app: AppSocket, alice: PersonClient, bob: PersonClient
) -> None:
    await alice.say("@ChatHakase hello", channel=ELSEWHERE)
    await _quiet(workspace, bob, app)


async def test_the_bot_hears_itself(app: AppSocket, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel=GENERAL, text=f"I am <@{BOT}>"))["ts"]
    posted = await app.event()
    assert (posted["type"], posted["user"], posted["bot_id"], posted["app_id"]) == (
        "message",
        BOT,
        "B0HAKASE01",
        "A0HAKASE01",
    )
    await bot.chat_update(channel=GENERAL, ts=ts, text="changed")
    changed = await app.event()
    assert (changed["subtype"], changed["hidden"], changed["channel_type"]) == ("message_changed", True, "channel")
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("changed", f"I am <@{BOT}>")
    assert changed["message"]["ts"] == ts != changed["ts"] == changed["event_ts"]
    await bot.chat_delete(channel=GENERAL, ts=ts)
    deleted = await app.event()
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert deleted["previous_message"]["text"] == "changed"


async def test_deleting_a_root_leaves_a_tombstone(app: AppSocket, bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await alice.say("root")
    await bot.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root)
    await alice.delete(GENERAL, root)
    await app.event()
    await app.event()
    event = await app.event()
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")


async def test_a_broadcast_carries_its_root(app: AppSocket, alice: PersonClient) -> None:
    root = await alice.say("root")
    await app.event()
    await alice.say("for all", thread_ts=root, reply_broadcast=True)
    event = await app.event()
    assert (event["subtype"], event["thread_ts"], event["root"]["ts"]) == ("thread_broadcast", root, root)
    assert event["root"]["reply_count"] == 1


async def test_joins_are_told_twice_and_leaves_too(app: AppSocket, alice: PersonClient) -> None:
    await alice.call("conversations.invite", channel=ELSEWHERE, users=BOT)
    joined, message = await app.event(), await app.event()
    assert (joined["type"], joined["user"], joined["inviter"], joined["channel_type"]) == (
        "member_joined_channel",
        BOT,
        ALICE,
        "C",
    )
    assert (message["subtype"], message["user"], message["inviter"]) == ("channel_join", BOT, ALICE)
    await alice.call("conversations.leave", channel=ELSEWHERE)
    left = [await app.event(), await app.event()]
    assert [each.get("subtype", each["type"]) for each in left] == ["channel_leave", "member_left_channel"]


async def test_topics_and_reactions_and_the_home_tab(workspace: Workspace, app: AppSocket, alice: PersonClient) -> None:
    await alice.call("conversations.setTopic", channel=GENERAL, topic="tea")
    topic = await app.event()
    assert (topic["subtype"], topic["topic"], topic["user"]) == ("channel_topic", "tea", ALICE)
    await alice.call("reactions.add", channel=GENERAL, timestamp=topic["ts"], name="tea")
    added = await app.event()
    assert added["item"] == {"type": "message", "channel": GENERAL, "ts": topic["ts"]}
    assert (added["type"], added["reaction"], added["user"], added["item_user"]) == (
        "reaction_added",
        "tea",
        ALICE,
        ALICE,
    )
    await alice.call("reactions.remove", channel=GENERAL, timestamp=topic["ts"], name="tea")
    assert (await app.event())["type"] == "reaction_removed"
    workspace.world.open_home(BOB, "messages")
    home = await app.event()
    assert (home["type"], home["tab"], home["user"], home["channel"]) == (
        "app_home_opened",
        "messages",
        BOB,
        "D0BOB00001",
    )
    with pytest.raises(KeyError):
        workspace.world.open_home("U0NOBODY00")


async def test_only_what_was_subscribed_to_is_told(session: aiohttp.ClientSession) -> None:
    async with (
        open_workspace(subscriptions={"app_mention", "message.im"}, limits=NoLimits()) as workspace,
        app_socket(workspace, session) as app,
        workspace.person(CAROL) as carol,
    ):
        await carol.say("unheard")
        await carol.say("@ChatHakase heard")
        await carol.say("heard too", channel="@")
        assert [(await app.event())["type"], (await app.event())["channel_type"]] == ["app_mention", "im"]


async def test_any_event_may_be_injected(workspace: Workspace, app: AppSocket) -> None:
    sent = workspace.send_event({"type": "made_up"}, twin={"no": "type"}, event_id="EvMADEUP01")
    first, second = await app.envelope(), await app.envelope()
    assert first["payload"]["event_id"] == sent == "EvMADEUP01"
    assert second["payload"]["event"] == {"no": "type"}
    assert await workspace.send_frame("not json")
    assert (await app.ws.receive(timeout=20)).data == "not json"
