"""conversations.*, users.*, reactions.* and the rest: who sees what, page by page."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.world.world_changes import Change, StatusSet
from tests.playground.clients import (
    ALICE,
    ALICE_DM,
    BOB,
    BOT,
    CAROL,
    ELSEWHERE,
    GENERAL,
    GROUP_DM,
    RANDOM,
    SECRET,
    error_of,
)


async def _thread(bot: AsyncWebClient, alice: PersonClient, replies: int) -> str:
    root = await alice.say("root")
    for number in range(replies):
        await bot.chat_postMessage(channel=GENERAL, text=f"reply {number}", thread_ts=root)
    return root


def _texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer["messages"]]


async def test_a_thread_is_read_oldest_first_page_by_page(bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await _thread(bot, alice, 7)
    pages: list[list[str]] = []
    cursor = ""
    while True:
        page = await bot.conversations_replies(channel=GENERAL, ts=root, limit=3, cursor=cursor)
        pages.append(_texts(page))
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert pages == [
        ["root", "reply 0", "reply 1"],
        ["reply 2", "reply 3", "reply 4"],
        ["reply 5", "reply 6"],
    ]


async def test_a_root_tells_of_its_thread(bot: AsyncWebClient, alice: PersonClient, bob: PersonClient) -> None:
    root = await _thread(bot, alice, 2)
    last = await bob.say("me too", thread_ts=root)
    head, first, *_ = (await bot.conversations_replies(channel=GENERAL, ts=root))["messages"]
    assert (head["thread_ts"], head["reply_count"], head["latest_reply"]) == (root, 3, last)
    assert (head["reply_users"], head["reply_users_count"]) == ([BOT, BOB], 2)
    assert (first["thread_ts"], first["parent_user_id"]) == (root, ALICE)


async def test_bounds_cut_a_thread(bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await _thread(bot, alice, 4)
    all_ts = [each["ts"] for each in (await bot.conversations_replies(channel=GENERAL, ts=root))["messages"]]
    bounds: dict[str, Any] = {"channel": GENERAL, "ts": root, "oldest": all_ts[1], "latest": all_ts[3]}
    assert _texts(await bot.conversations_replies(**bounds)) == ["reply 1"]
    assert _texts(await bot.conversations_replies(**bounds, inclusive=True)) == ["reply 0", "reply 1", "reply 2"]
    bad: dict[str, Any] = {"channel": GENERAL, "ts": root}
    assert await error_of(bot.conversations_replies(**bad, oldest="x")) == "invalid_ts_oldest"
    assert await error_of(bot.conversations_replies(**bad, latest="x")) == "invalid_ts_latest"
    assert await error_of(bot.conversations_replies(**bad, cursor="x")) == "invalid_cursor"
    assert await error_of(bot.conversations_replies(**bad, cursor="bmV4dF90czp4")) == "invalid_cursor"
    assert await error_of(bot.api_call("conversations.replies", params=bad | {"limit": "x"})) == "invalid_arguments"


async def test_what_is_no_thread(bot: AsyncWebClient, alice: PersonClient) -> None:
    root = await _thread(bot, alice, 2)
    _, reply, _ = (await bot.conversations_replies(channel=GENERAL, ts=root))["messages"]
    assert _texts(await bot.conversations_replies(channel=GENERAL, ts=reply["ts"])) == ["reply 0"]
    lone = await alice.say("alone")
    (message,) = (await bot.conversations_replies(channel=GENERAL, ts=lone))["messages"]
    assert "thread_ts" not in message
    nothing = bot.conversations_replies(channel=GENERAL, ts="1700000000.000100")
    assert await error_of(nothing) == "thread_not_found"
    assert await error_of(bot.conversations_replies(channel=GENERAL, ts="")) == "thread_not_found"
    assert await error_of(bot.conversations_replies(channel=ELSEWHERE, ts=root)) == "not_in_channel"


async def test_a_channel_is_read_newest_first_without_replies(bot: AsyncWebClient, alice: PersonClient) -> None:
    await _thread(bot, alice, 2)
    for number in range(4):
        await alice.say(f"message {number}")
    first = await bot.conversations_history(channel=GENERAL, limit=3)
    assert (_texts(first), first["has_more"]) == (["message 3", "message 2", "message 1"], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = await bot.conversations_history(channel=GENERAL, limit=3, cursor=cursor)
    assert (_texts(second), second["has_more"]) == (["message 0", "root"], False)
    newest = first["messages"][0]["ts"]
    one = await bot.conversations_history(channel=GENERAL, latest=newest, limit=1, inclusive=True)
    assert _texts(one) == ["message 3"]


async def test_who_may_read_where(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    async with workspace.person("carol") as carol:
        assert await error_of(carol.call("conversations.history", channel=SECRET)) == "channel_not_found"
        await carol.call("conversations.leave", channel=RANDOM)
        assert (await carol.call("conversations.history", channel=RANDOM))["ok"]
    assert await error_of(bot.conversations_history(channel=ELSEWHERE)) == "not_in_channel"
    assert await error_of(bot.conversations_history(channel="C0NOWHERE0")) == "channel_not_found"
    assert await error_of(alice.call("conversations.history", channel="D0BOB00001")) == "channel_not_found"


async def test_info_by_kind(bot: AsyncWebClient) -> None:
    general = (await bot.conversations_info(channel=GENERAL, include_num_members=True))["channel"]
    assert (general["name"], general["is_channel"], general["is_member"]) == ("general", True, True)
    assert (general["is_general"], general["num_members"]) == (True, 4)
    assert (await bot.conversations_info(channel=ELSEWHERE))["channel"]["is_member"] is False
    assert (await bot.conversations_info(channel=SECRET))["channel"]["is_private"] is True
    assert (await bot.conversations_info(channel=GROUP_DM))["channel"]["is_mpim"] is True
    direct = (await bot.conversations_info(channel=ALICE_DM))["channel"]
    assert (direct["is_im"], direct["user"]) == (True, ALICE)


async def test_the_list_has_the_kinds_asked_for(bot: AsyncWebClient, alice: PersonClient) -> None:
    public = (await bot.conversations_list())["channels"]
    assert {each["id"] for each in public} == {GENERAL, RANDOM, ELSEWHERE}
    others = await bot.conversations_list(types="private_channel,mpim,im")
    assert {each["id"] for each in others["channels"]} == {SECRET, GROUP_DM, ALICE_DM, "D0BOB00001", "D0CAROL001"}
    hers = await alice.call("conversations.list", types="im")
    assert [each["id"] for each in hers["channels"]] == [ALICE_DM]
    assert await error_of(bot.conversations_list(types="tunnel")) == "invalid_types"
    first = await bot.conversations_list(limit=2)
    rest = await bot.conversations_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [each["name"] for each in (*first["channels"], *rest["channels"])] == ["general", "random", "elsewhere"]
    assert rest["response_metadata"]["next_cursor"] == ""


async def test_members_come_page_by_page(bot: AsyncWebClient) -> None:
    first = await bot.conversations_members(channel=GENERAL, limit=3)
    assert first["members"] == [ALICE, BOB, CAROL]
    cursor = first["response_metadata"]["next_cursor"]
    assert (await bot.conversations_members(channel=GENERAL, cursor=cursor))["members"] == [BOT]
    wrong = bot.conversations_members(channel=GENERAL, cursor="dGVhbTpDMQ==")
    assert await error_of(wrong) == "invalid_cursor"


async def test_direct_messages_are_opened_once(workspace: Workspace, bot: AsyncWebClient, bob: PersonClient) -> None:
    known = await bot.conversations_open(users=ALICE)
    assert (known["channel"]["id"], known["already_open"]) == (ALICE_DM, True)
    new = await bob.call("conversations.open", users=CAROL, return_im=True)
    assert new["channel"]["user"] == CAROL
    assert "already_open" not in new
    group = await bot.conversations_open(users=[BOB, CAROL])
    assert (await bot.conversations_open(channel=group["channel"]["id"]))["already_open"]
    assert await error_of(bot.conversations_open(users="U0NOBODY00")) == "user_not_found"
    assert await error_of(bot.api_call("conversations.open", json={})) == "users_list_not_supplied"
    assert await error_of(bot.conversations_open(channel=GENERAL)) == "method_not_supported_for_channel_type"


async def test_joining_and_leaving(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    assert (await bot.conversations_join(channel=ELSEWHERE))["channel"]["is_member"]
    assert (await bot.conversations_join(channel=ELSEWHERE))["warning"] == "already_in_channel"
    assert (await bot.conversations_leave(channel=ELSEWHERE)).get("not_in_channel") is None
    assert (await bot.conversations_leave(channel=ELSEWHERE))["not_in_channel"]
    assert await error_of(bot.conversations_leave(channel=GENERAL)) == "cant_leave_general"
    assert await error_of(bot.conversations_join(channel=SECRET)) == "method_not_supported_for_channel_type"
    assert await error_of(bot.conversations_leave(channel=ALICE_DM)) == "method_not_supported_for_channel_type"
    workspace.world.change_conversation(ELSEWHERE, is_archived=True)
    assert await error_of(bot.conversations_join(channel=ELSEWHERE)) == "is_archived"
    timeline = workspace.world.timeline(ELSEWHERE)
    subtypes = [message.subtype for message in map(timeline.get, timeline.main()) if message]
    assert subtypes == ["channel_join", "channel_leave"]


async def test_inviting(bot: AsyncWebClient, alice: PersonClient) -> None:
    assert (await alice.call("conversations.invite", channel=ELSEWHERE, users=BOT))["channel"]["id"] == ELSEWHERE
    assert (await bot.conversations_info(channel=ELSEWHERE))["channel"]["is_member"]

    def invite(channel: str, users: str) -> Any:
        return error_of(alice.call("conversations.invite", channel=channel, users=users))

    assert await invite(ELSEWHERE, BOT) == "already_in_channel"
    assert await invite(ELSEWHERE, ALICE) == "cant_invite_self"
    assert await invite(ELSEWHERE, "U0NOBODY00") == "user_not_found"
    assert await invite(ELSEWHERE, "") == "no_user"
    assert await invite(ALICE_DM, BOB) == "method_not_supported_for_channel_type"


async def test_a_topic_is_set_with_a_message(workspace: Workspace, bot: AsyncWebClient) -> None:
    assert (await bot.conversations_setTopic(channel=GENERAL, topic="tea"))["channel"]["topic"]["value"] == "tea"
    (message,) = (await bot.conversations_history(channel=GENERAL))["messages"]
    assert (message["subtype"], message["topic"]) == ("channel_topic", "tea")
    assert await error_of(bot.conversations_setTopic(channel=GENERAL, topic="x" * 251)) == "too_long"
    assert await error_of(bot.conversations_setTopic(channel=ELSEWHERE, topic="x")) == "not_in_channel"


async def test_users_and_bots_and_the_team(bot: AsyncWebClient) -> None:
    alice = (await bot.users_info(user=ALICE))["user"]
    assert (alice["is_admin"], alice["is_bot"], alice["profile"]["display_name"]) == (True, False, "alice")
    robot = (await bot.users_info(user=BOT))["user"]
    assert (robot["is_bot"], robot["profile"]["bot_id"]) == (True, "B0HAKASE01")
    assert await error_of(bot.users_info(user="U0NOBODY00")) == "user_not_found"
    members = (await bot.users_list(limit=2))["members"]
    assert [member["name"] for member in members] == ["alice", "bob"]
    info = (await bot.bots_info(bot="B0HAKASE01"))["bot"]
    assert (info["user_id"], info["app_id"]) == (BOT, "A0HAKASE01")
    assert await error_of(bot.bots_info(bot="B0OTHER000")) == "bot_not_found"
    assert (await bot.team_info())["team"]["domain"] == "playground"
    assert await error_of(bot.team_info(team="T0OTHER000")) == "team_not_found"


async def test_reactions(bot: AsyncWebClient, alice: PersonClient) -> None:
    ts = await alice.say("hello")

    def add(**arguments: Any) -> Any:
        return bot.reactions_add(**({"channel": GENERAL, "timestamp": ts, "name": "eyes"} | arguments))

    assert (await add())["ok"]
    await alice.call("reactions.add", channel=GENERAL, timestamp=ts, name="eyes")
    (message,) = (await bot.conversations_history(channel=GENERAL))["messages"]
    assert message["reactions"] == [{"name": "eyes", "users": [BOT, ALICE], "count": 2}]
    assert await error_of(add()) == "already_reacted"
    assert await error_of(add(name=":eyes:")) == "invalid_name"
    assert await error_of(add(timestamp="now")) == "bad_timestamp"
    assert await error_of(add(timestamp="1700000000.000100")) == "message_not_found"
    assert await error_of(bot.api_call("reactions.add", json={"name": "eyes"})) == "no_item_specified"
    await bot.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    again = bot.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    assert await error_of(again) == "no_reaction"


async def test_a_status_is_shown_under_a_thread(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    ts = await alice.say("hello", channel="@")
    heard: list[Change] = []
    workspace.world.subscribe(heard.append)
    await bot.assistant_threads_setStatus(
        channel_id=ALICE_DM, thread_ts=ts, status="is thinking…", loading_messages=["one", "two"]
    )
    (change,) = heard
    assert isinstance(change, StatusSet)
    assert (change.status, change.loading_messages) == ("is thinking…", ("one", "two"))

    def refused(**arguments: Any) -> Any:
        given = {"channel_id": ALICE_DM, "thread_ts": ts, "status": "x"} | arguments
        return error_of(bot.api_call("assistant.threads.setStatus", json=given))

    assert await refused(channel_id="D0NOWHERE0") == "channel_not_found"
    assert await refused(thread_ts="1700000000.000100") == "invalid_thread_ts"
    assert await refused(status=None) == "invalid_arguments"
    assert await refused(loading_messages=["x"] * 11) == "invalid_arguments"


@pytest.mark.parametrize("name", ["alice", ALICE])
async def test_a_person_is_found_by_name_or_id(workspace: Workspace, name: str) -> None:
    async with workspace.person(name) as person:
        assert person.id == ALICE
    with pytest.raises(KeyError):
        workspace.person("nobody")
    with pytest.raises(KeyError):
        workspace.channel("nowhere")
