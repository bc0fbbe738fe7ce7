from dataclasses import replace
from typing import Any

import pytest

from chathakase.core.types import Incoming
from chathakase.slack.events.anybody import read_anybody, read_bot
from tests.places import slack_place
from tests.slack.identity import BOT

PAGE = {"event_type": "chathakase_reply", "event_payload": {"turn": "ab12", "page": 0}}
OURS: dict[str, Any] = {"user": "U0BOT", "bot_id": "B0BOT", "text": "plain"}
DEPLOYS: dict[str, Any] = {"user": "U2", "bot_id": "B2", "bot_profile": {"name": "Deploys"}}


def read(**fields: Any) -> Incoming | None:
    return read_anybody({"user": "U1", "text": "hi", "ts": "1.5", "thread_ts": "1.0", "channel": "C1"} | fields, BOT)


def there(**fields: Any) -> Incoming:
    incoming = read(**fields)
    assert incoming is not None
    return incoming


def test_what_people_say_is_context_unless_they_call_us() -> None:
    incoming = there(text="hi")
    assert (incoming.author, incoming.text, incoming.name, incoming.ours) == ("U1", "hi", "", False)
    assert (incoming.opens, incoming.asks) == (False, False)
    called = there(text="<@U0BOT> hi")
    assert (called.text, called.opens, called.asks) == ("hi", True, True)


def test_other_bots_have_a_name() -> None:
    incoming = there(**DEPLOYS, text="done &amp; dusted")
    assert (incoming.author, incoming.name, incoming.text) == ("B2", "Deploys", "done & dusted")
    assert (incoming.opens, incoming.asks, incoming.ours) == (False, False, False)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"username": "Two\nlines"}, "Two lines"),
        ({"bot_profile": {"name": 5}, "username": None}, "a bot"),
        ({"bot_profile": "odd"}, "a bot"),
        ({"bot_profile": {"name": "x" * 1_000}}, "x" * 80),
        ({"bot_profile": {"name": "\ud83d"}}, "\ufffd"),
    ],
)
def test_names_of_bots_are_short(fields: dict[str, Any], name: str) -> None:
    assert there(subtype="bot_message", user=None, bot_id="B2", **fields).name == name


def test_apps_say_things_in_blocks_and_attachments() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Deployed*"}}, {"type": "divider"}, "odd"]
    attachments = [{"title": "Build 7", "fallback": "[Build 7]"}, {"fallback": "only this"}, None]
    incoming = there(**DEPLOYS, text="", blocks=blocks, attachments=attachments)
    assert incoming.text == "*Deployed*\nBuild 7\nonly this"
    assert read(**DEPLOYS, text="", blocks="odd", attachments={}) is None


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*elements]}]}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        ([rich({"type": "text", "text": "a < b "}, {"type": "emoji", "name": "tada"})], "a < b :tada:"),
        ([rich({"type": "link", "url": "https://a.example", "text": "here"})], "[here](https://a.example)"),
        ([rich({"type": "user", "user_id": "U1"}, {"type": "broadcast", "range": "here"})], "<@U1>@here"),
        ([rich({"type": "user", "user_id": "U1> <@U2"})], "U1> < @U2"),
        ([rich({"type": "user", "user_id": "Codename-OYSTER"})], "@Codename-OYSTER"),
        ([rich({"type": "emoji", "name": "<@U1>"}, {"type": "text", "text": "<@U1>"})], ":< @U1>:< @U1>"),
        ([rich({"type": "broadcast", "range": "x><@U1"})], "@x>< @U1"),
        ([{"type": "header", "text": plain("<@U1> &lt;!here&gt; &amp; 1 < 2")}], "< @U1> < !here> & 1 < 2"),
        ([{"type": "context", "elements": [plain("by"), {"type": "image", "alt_text": "x"}, plain("Ann")]}], "by\nAnn"),
        ([{"type": "section", "fields": [plain("Host"), plain("web-1")]}], "Host\nweb-1"),
        ([{"type": "header", "text": plain("Up")}, {"type": "markdown", "text": "**8**"}], "Up\n**8**"),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, rich({"type": "text", "text": "b"})]]}],
            "| a | b |",
        ),
        ([{"type": "actions", "elements": [{"type": "button", "text": plain("Press")}]}, "odd", {}], None),
    ],
)
def test_blocks_of_every_kind_are_read(blocks: list[Any], text: str | None) -> None:
    incoming = read(**DEPLOYS, text="", blocks=blocks)
    assert (incoming and incoming.text) == text


def test_what_stands_beside_a_text_is_read_once() -> None:
    mirror = rich({"type": "text", "text": "Build "}, {"type": "text", "text": "7", "style": {"bold": True}})
    attachments = [
        {"pretext": "see", "fields": [{"title": "Host", "value": "web-1"}], "fallback": "not this"},
        {"title": "a preview", "from_url": "https://a.example"},
        {"is_share": True, "message_blocks": [{"message": {"blocks": [rich({"type": "text", "text": "theirs"})]}}]},
    ]
    more = {"type": "section", "text": plain("7 of 7 passed")}
    incoming = there(**DEPLOYS, text="Build *7*", blocks=[mirror, more], attachments=attachments)
    assert incoming.text == "Build *7*\n7 of 7 passed\nsee\nHost\nweb-1\nShared message:\n> theirs"


def test_blocks_that_only_lay_out_a_text_add_nothing() -> None:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in ("one", "two")]
    layout = {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "ordered", "elements": items}]}
    assert there(**DEPLOYS, text="1. one\n2. two", blocks=[layout]).text == "1. one\n2. two"


def test_what_is_said_in_blocks_is_bounded() -> None:
    deep: Any = plain("x")
    for _ in range(100):
        deep = {"elements": [deep]}
    assert read(**DEPLOYS, text="", blocks=[deep]) is None
    assert len(there(**DEPLOYS, text="", blocks=[{"text": "x" * 5_000} for _ in range(100)]).text) == 12_000


def test_what_another_bot_says_in_a_thread_asks_nothing() -> None:
    event = {"type": "message", "channel": "C1", "ts": "1.5", "thread_ts": "1.0", "text": "<@U0BOT> help", **DEPLOYS}
    incoming = read_bot(event, BOT)
    assert incoming is not None
    assert (incoming.name, incoming.opens, incoming.asks) == ("Deploys", False, False)
    assert read_bot({**event, "channel": "D1", "channel_type": "im"}, BOT) == replace(
        incoming, place=slack_place("D1", "1.0")
    )


@pytest.mark.parametrize(
    "fields",
    [
        OURS,
        {"bot_id": "B0BOT", "user": None},
        {"user": "U0BOT", "bot_id": "B2"},
        {"bot_id": None, "user": "U1"},
        {"thread_ts": None},
        {"type": "app_mention"},
        {"hidden": True},
        {"subtype": "message_changed"},
        {"subtype": ["bot_message"]},
    ],
)
def test_nothing_else_is_what_another_bot_says(fields: dict[str, Any]) -> None:
    event = {"type": "message", "channel": "C1", "ts": "1.5", "thread_ts": "1.0", "text": "hi", **DEPLOYS}
    assert read_bot(event | fields, BOT) is None


def test_whoever_does_not_know_itself_reads_no_other_bots() -> None:
    event = {"type": "message", "channel": "C1", "ts": "1.5", "thread_ts": "1.0", "text": "hi", **DEPLOYS}
    assert read_bot(event, replace(BOT, bot_id="")) is None


def test_what_we_said_is_read_as_the_model_wrote_it() -> None:
    blocks = [{"type": "markdown", "text": "the &lt;b> tag は**\u200b「重要」\u200b**な"}]
    assert there(**OURS, blocks=blocks, metadata=PAGE).text == "the <b> tag は**「重要」**な"


def test_we_said_things_in_markdown() -> None:
    blocks = [{"type": "markdown", "text": "**a** &amp; b"}, {"type": "actions"}]
    incoming = there(**OURS, blocks=blocks, metadata=PAGE)
    assert (incoming.text, incoming.ours, incoming.author) == ("**a** &amp; b", True, "U0BOT")
    assert there(**OURS).text == "plain"


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"event_type": "chathakase_reply", "event_payload": {"turn": "C1_1.0 1.5 help", "page": 0}}},
        {"subtype": "file_share", "files": [{"id": "F1", "name": "export.md"}]},
        {"text": "_thinking…_", "metadata": PAGE},
        {"text": "", "metadata": PAGE},
    ],
)
def test_what_we_wrote_besides_is_no_conversation(fields: dict[str, Any]) -> None:
    assert read(**(OURS | fields)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True},
        {"hidden": True},
        {"text": "", "files": []},
        {"text": "<@U0BOT>"},
        {"user": "USLACKBOT"},
    ],
)
def test_not_everything_says_something(fields: dict[str, Any]) -> None:
    assert read(**fields) is None


def test_files_are_there() -> None:
    files = [{"id": "F1", "name": "a.txt"}]
    assert [file.name for file in there(text="", files=files, subtype="file_share").files] == ["a.txt"]
    assert [file.name for file in there(**DEPLOYS, text="", files=files).files] == ["a.txt"]
