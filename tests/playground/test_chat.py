"""chat.*: what is posted, changed and deleted, and what Slack refuses."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.web_api.methods.table import DEFAULT_SCOPES
from tests.playground.clients import (
    ALICE,
    ALICE_DM,
    BOB,
    BOB_DM,
    BOT,
    CAROL,
    ELSEWHERE,
    GENERAL,
    SECRET,
    error_of,
)

pytestmark = pytest.mark.usefixtures("outside")

MARKDOWN = {"type": "markdown", "text": "**hi**"}


async def test_the_bot_posts_as_the_bot(bot: AsyncWebClient) -> None:
    answer = await bot.chat_postMessage(channel=GENERAL, text="hi & <there>")
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (GENERAL, message["ts"])
    assert message["text"] == "hi &amp; &lt;there&gt;"
    assert (message["user"], message["bot_id"], message["app_id"]) == (BOT, "B0HAKASE01", "A0HAKASE01")
    assert message["bot_profile"]["name"] == "ChatHakase"
    assert "client_msg_id" not in message
    assert "blocks" not in message


async def test_a_person_posts_as_a_person(workspace: Workspace, alice: PersonClient) -> None:
    ts = await alice.say("@ChatHakase hello")
    (message,) = (await alice.call("conversations.history", channel=GENERAL))["messages"]
    assert (message["ts"], message["user"], message["text"]) == (ts, ALICE, f"<@{BOT}> hello")
    assert message["client_msg_id"]
    assert "bot_id" not in message
    assert message["blocks"][0]["type"] == "rich_text"


@pytest.mark.parametrize(("channel", "lands_in"), [("#general", GENERAL), ("general", GENERAL), (ALICE, ALICE_DM)])
async def test_a_channel_may_be_named(bot: AsyncWebClient, channel: str, lands_in: str) -> None:
    assert (await bot.chat_postMessage(channel=channel, text="hi"))["channel"] == lands_in


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE0", "text": "hi"}, "channel_not_found"),
        ({"channel": "", "text": "hi"}, "channel_not_found"),
        ({"channel": ELSEWHERE, "text": "hi"}, "not_in_channel"),
        ({"text": "hi"}, "invalid_arguments"),
        ({"channel": GENERAL}, "no_text"),
        ({"channel": GENERAL, "text": "  "}, "no_text"),
        ({"channel": GENERAL, "text": "", "blocks": []}, "no_text"),
        ({"channel": GENERAL, "text": "hi", "thread_ts": ""}, "invalid_thread_ts"),
        ({"channel": GENERAL, "text": "hi", "thread_ts": "0"}, "invalid_thread_ts"),
        ({"channel": GENERAL, "text": "hi", "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": GENERAL, "text": "hi", "blocks": "text"}, "invalid_blocks_format"),
        ({"channel": GENERAL, "text": "hi", "blocks": [1]}, "invalid_blocks_format"),
        ({"channel": GENERAL, "text": "hi", "attachments": "["}, "invalid_attachments"),
        ({"channel": GENERAL, "text": "hi", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": GENERAL, "text": "hi", "markdown_text": "hi"}, "markdown_text_conflict"),
        ({"channel": GENERAL, "blocks": [MARKDOWN], "markdown_text": "hi"}, "markdown_text_conflict"),
        ({"channel": GENERAL, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": GENERAL, "text": "hi", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"channel": GENERAL, "text": "hi", "metadata": "{"}, "invalid_metadata_format"),
    ],
)
async def test_what_is_refused(bot: AsyncWebClient, arguments: dict[str, Any], error: str) -> None:
    assert await error_of(bot.api_call("chat.postMessage", json=arguments)) == error


async def test_private_conversations_do_not_exist_for_outsiders(workspace: Workspace, bob: PersonClient) -> None:
    async with workspace.person("carol") as carol:
        assert await error_of(carol.say("hi", channel=SECRET)) == "channel_not_found"
    assert await error_of(bob.say("hi", channel=ALICE_DM)) == "channel_not_found"
    await bob.say("hi", channel=SECRET)


async def test_an_archived_channel_takes_nothing(workspace: Workspace, bot: AsyncWebClient) -> None:
    posted = await bot.chat_postMessage(channel=GENERAL, text="before")
    workspace.world.change_conversation(GENERAL, is_archived=True)
    assert await error_of(bot.chat_postMessage(channel=GENERAL, text="hi")) == "is_archived"
    assert await error_of(bot.chat_update(channel=GENERAL, ts=posted["ts"], text="hi")) == "is_inactive"


async def test_a_channel_without_the_bot_takes_nothing_of_it(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.remove_bot("#general")
    workspace.remove_bot(SECRET)
    assert await error_of(bot.chat_postMessage(channel=GENERAL, text="hi")) == "not_in_channel"
    assert await error_of(bot.chat_postMessage(channel=SECRET, text="hi")) == "channel_not_found"
    workspace.add_bot("general")
    workspace.archive("general")
    assert await error_of(bot.chat_postMessage(channel=GENERAL, text="hi")) == "is_archived"
    workspace.archive(GENERAL, archived=False)
    assert (await bot.chat_postMessage(channel=GENERAL, text="hi"))["ok"]
    with pytest.raises(KeyError):
        workspace.archive("nowhere")


async def test_chat_write_public_posts_without_joining() -> None:
    scopes = DEFAULT_SCOPES | {"chat:write.public"}
    async with open_workspace(scopes=scopes, limits=NoLimits()) as workspace:
        bot = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        assert (await bot.chat_postMessage(channel=ELSEWHERE, text="hi"))["ok"]


async def test_a_text_of_more_than_forty_thousand_characters_is_cut(bot: AsyncWebClient) -> None:
    answer = await bot.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert len(answer["message"]["text"]) == 40_000
    assert answer["warning"] == "message_truncated"
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]


async def test_a_reply_belongs_to_its_root(bot: AsyncWebClient) -> None:
    root = (await bot.chat_postMessage(channel=GENERAL, text="root"))["ts"]
    reply = await bot.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root)
    assert reply["message"]["thread_ts"] == root
    assert reply["message"]["parent_user_id"] == BOT


async def test_a_reply_to_nothing_is_silently_not_in_a_thread(bot: AsyncWebClient) -> None:
    answer = await bot.chat_postMessage(channel=GENERAL, text="lost", thread_ts="1700000000.000100")
    assert "thread_ts" not in answer["message"]
    assert len((await bot.conversations_history(channel=GENERAL))["messages"]) == 1


async def test_a_reply_to_a_reply_shows_in_thread_and_channel(bot: AsyncWebClient) -> None:
    root = (await bot.chat_postMessage(channel=GENERAL, text="root"))["ts"]
    reply = (await bot.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root))["ts"]
    nested = await bot.chat_postMessage(channel=GENERAL, text="nested", thread_ts=reply)
    assert nested["message"]["thread_ts"] == root
    history = await bot.conversations_history(channel=GENERAL)
    assert [each["text"] for each in history["messages"]] == ["nested", "root"]


async def test_a_broadcast_reply_shows_in_the_channel_too(bot: AsyncWebClient) -> None:
    root = (await bot.chat_postMessage(channel=GENERAL, text="root"))["ts"]
    reply = await bot.chat_postMessage(channel=GENERAL, text="all", thread_ts=root, reply_broadcast=True)
    assert reply["message"]["subtype"] == "thread_broadcast"
    assert reply["message"]["root"]["ts"] == root
    history = await bot.conversations_history(channel=GENERAL)
    assert [each["text"] for each in history["messages"]] == ["all", "root"]


async def test_metadata_is_kept_and_given_back_when_asked_for(bot: AsyncWebClient) -> None:
    metadata = {"event_type": "turn", "event_payload": {"id": "7"}}
    ts = (await bot.chat_postMessage(channel=GENERAL, text="hi", metadata=metadata))["ts"]
    without = await bot.conversations_replies(channel=GENERAL, ts=ts)
    assert "metadata" not in without["messages"][0]
    with_it = await bot.conversations_replies(channel=GENERAL, ts=ts, include_all_metadata=True)
    assert with_it["messages"][0]["metadata"] == metadata
    await bot.chat_update(channel=GENERAL, ts=ts, text="changed")
    kept = await bot.conversations_replies(channel=GENERAL, ts=ts, include_all_metadata=True)
    assert kept["messages"][0]["metadata"] == metadata
    await bot.chat_update(channel=GENERAL, ts=ts, metadata={}, text="changed")
    gone = await bot.conversations_replies(channel=GENERAL, ts=ts, include_all_metadata=True)
    assert "metadata" not in gone["messages"][0]


async def test_markdown_text_becomes_a_block(bot: AsyncWebClient) -> None:
    message = (await bot.chat_postMessage(channel=GENERAL, markdown_text="**hi**"))["message"]
    assert message["blocks"][0] | {"block_id": ""} == MARKDOWN | {"block_id": ""}


async def test_an_update_of_text_takes_blocks_away_and_shows_as_edited(bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel=GENERAL, text="one", blocks=[MARKDOWN]))["ts"]
    with_blocks = await bot.chat_update(channel=GENERAL, ts=ts, text="two", blocks=[MARKDOWN])
    assert with_blocks["text"] == "two"
    assert with_blocks["message"]["blocks"]
    assert "edited" not in with_blocks["message"]
    without = await bot.chat_update(channel=GENERAL, ts=ts, text="three")
    assert "blocks" not in without["message"]
    assert without["message"]["edited"]["user"] == BOT


async def test_an_update_leaves_alone_what_it_does_not_name(bot: AsyncWebClient) -> None:
    attachment = {"fallback": "a", "text": "a"}
    ts = (await bot.chat_postMessage(channel=GENERAL, text="one", attachments=[attachment]))["ts"]
    kept = await bot.api_call("chat.update", json={"channel": GENERAL, "ts": ts, "blocks": [MARKDOWN]})
    assert (kept["message"]["text"], kept["message"]["attachments"]) == ("one", [attachment])
    gone = await bot.chat_update(channel=GENERAL, ts=ts, text="two", attachments=[])
    assert "attachments" not in gone["message"]


async def test_what_an_update_refuses(workspace: Workspace, bot: AsyncWebClient, alice: PersonClient) -> None:
    ts = (await bot.chat_postMessage(channel=GENERAL, text="mine"))["ts"]
    hers = await alice.say("hers")

    def update(**arguments: Any) -> Any:
        return error_of(bot.api_call("chat.update", json={"channel": GENERAL, "ts": ts, "text": "hi"} | arguments))

    assert await update(text="x" * 4_001) == "msg_too_long"
    assert await update(text="x" * 4_001, blocks=[MARKDOWN]) == "msg_too_long"
    halves = [{"type": "markdown", "text": "x" * 6_001}] * 2
    assert await update(blocks=halves) == "msg_blocks_too_long"
    assert await update(text=None) == "no_text"
    assert await update(text="") == "no_text"
    assert await update(ts=hers) == "cant_update_message"
    assert await update(ts="1700000000.000100") == "message_not_found"
    assert await update(ts=None) == "invalid_arguments"
    assert await update(channel=ALICE) == "channel_not_found"
    assert await update(channel=BOB_DM) == "message_not_found"
    assert (await bot.chat_update(channel=GENERAL, ts=ts, text="x" * 4_000))["ok"]
    assert await error_of(alice.edit(GENERAL, ts, "not hers")) == "cant_update_message"


async def test_people_edit_and_delete_their_own_messages(
    workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    ts = await bob.say("first")
    await bob.edit(GENERAL, ts, "second @alice")
    message = workspace.world.timeline(GENERAL).get(ts)
    assert message is not None
    assert message.text == f"second <@{ALICE}>"
    assert message.edited is not None
    hers = await alice.say("hers")
    assert await error_of(bob.delete(GENERAL, hers)) == "cant_delete_message"
    await alice.delete(GENERAL, ts)
    assert await error_of(bob.delete(GENERAL, ts)) == "message_not_found"


async def test_the_bot_deletes_only_its_own(bot: AsyncWebClient, bob: PersonClient) -> None:
    ts = (await bot.chat_postMessage(channel=GENERAL, text="mine"))["ts"]
    assert (await bot.chat_delete(channel=GENERAL, ts=ts))["ts"] == ts
    assert await error_of(bot.chat_delete(channel=GENERAL, ts=ts)) == "message_not_found"
    assert await error_of(bot.chat_delete(channel=GENERAL, ts=await bob.say("his"))) == "cant_delete_message"


async def test_an_ephemeral_message_is_kept_nowhere(workspace: Workspace, bot: AsyncWebClient) -> None:
    answer = await bot.chat_postEphemeral(channel=SECRET, user=BOB, text="psst")
    assert answer["message_ts"]
    assert len(workspace.world.timeline(SECRET)) == 0
    assert await error_of(bot.chat_postEphemeral(channel=SECRET, user=CAROL, text="hi")) == "user_not_in_channel"
    assert await error_of(bot.chat_postEphemeral(channel=ELSEWHERE, user=BOB, text="hi")) == "not_in_channel"
    nothing = {"channel": SECRET, "user": BOB, "text": ""}
    assert await error_of(bot.api_call("chat.postEphemeral", json=nothing)) == "no_text"


async def test_a_permalink_leads_into_the_thread(bot: AsyncWebClient) -> None:
    root = (await bot.chat_postMessage(channel=GENERAL, text="root"))["ts"]
    reply = (await bot.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root))["ts"]
    link = (await bot.chat_getPermalink(channel=GENERAL, message_ts=reply))["permalink"]
    assert link.endswith(f"/archives/{GENERAL}/p{reply.replace('.', '')}?thread_ts={root}&cid={GENERAL}")
    assert await error_of(bot.chat_getPermalink(channel=GENERAL, message_ts="1.1")) == "message_not_found"


def _section(text: object = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def _button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": "Go"}, **more}


GOOD_BLOCKS = [
    [MARKDOWN],
    [_section(), {"type": "divider"}, {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}],
    [_section("x" * 3_000)],
    [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}],
    [{"type": "actions", "elements": [_button(value="x" * 2_000)] * 25}],
    [{"type": "markdown", "text": "x" * 12_000}],
    [_section()] * 50,
    [{"type": "image", "image_url": "https://x.y/z.png", "alt_text": "a"}],
    [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100}],
]


@pytest.mark.parametrize("blocks", GOOD_BLOCKS)
async def test_good_blocks_are_taken_and_get_an_id(bot: AsyncWebClient, blocks: list[dict[str, Any]]) -> None:
    answer = await bot.chat_postMessage(channel=GENERAL, text="fallback", blocks=blocks)
    stored = answer["message"]["blocks"]
    assert [block["type"] for block in stored] == [block["type"] for block in blocks]
    assert all(block["block_id"] for block in stored)


BAD_BLOCKS: list[tuple[list[dict[str, Any]], str]] = [
    ([_section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "sparkle"}], "unsupported type: sparkle [json-pointer:/blocks/0]"),
    ([{"text": "x"}], "missing required field: type [json-pointer:/blocks/0]"),
    ([_section("x" * 3_001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([_section(7)], "must provide a string [json-pointer:/blocks/0/text/text]"),
    ([_section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    ([{"type": "section", "text": "x"}], "must provide an object [json-pointer:/blocks/0/text]"),
    (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    ),
    (
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [{"type": "actions", "elements": [_button()] * 26}],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    ([{"type": "actions", "elements": []}], "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        [{"type": "actions", "elements": [_button(value="x" * 2_001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [_section(accessory={"type": "overflow", "options": [{"text": {"type": "plain_text", "text": "x"}}] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
    (
        [{"type": "markdown", "text": "# Heading\n\nTitle\n===\n\n---\n" * 17}],
        "no more than 50 items allowed [json-pointer:/blocks/0]",
    ),
    ([{"type": "table", "rows": [[{}] * 21]}], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([_section(block_id="a"), _section(block_id="a")], "block_id `a` already exists [json-pointer:/blocks/1]"),
]


@pytest.mark.parametrize(("blocks", "problem"), BAD_BLOCKS)
async def test_bad_blocks_are_told_with_their_place(
    bot: AsyncWebClient, blocks: list[dict[str, Any]], problem: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await bot.chat_postMessage(channel=GENERAL, text="fallback", blocks=blocks)
    assert refused.value.response["error"] == "invalid_blocks"
    assert problem in refused.value.response["errors"]
    assert f"[ERROR] {problem}" in refused.value.response["response_metadata"]["messages"]


@pytest.mark.parametrize(
    "blocks",
    [[{"type": "markdown", "text": "x" * 6_001}] * 2, [_section("x" * 2_700)] * 5],
    ids=["markdown over 12,000", "all over 13,200"],
)
async def test_blocks_are_limited_together(bot: AsyncWebClient, blocks: list[dict[str, Any]]) -> None:
    post = bot.chat_postMessage(channel=GENERAL, text="fallback", blocks=blocks)
    assert await error_of(post) == "msg_blocks_too_long"
