"""What is said outside a message's text is read the same of everybody, whichever way it comes."""

from collections.abc import Mapping
from typing import Any

import pytest

from chathakase.core.types import Incoming
from chathakase.slack.events.anybody import read_anybody
from chathakase.slack.events.layout import own_words
from chathakase.slack.events.message_changes import read_change
from chathakase.slack.events.message_events import read_event
from tests.slack.identity import BOT

DEPLOYS: dict[str, Any] = {"user": "U2", "bot_id": "B2", "bot_profile": {"name": "Deploys"}}
FROM: dict[str, Any] = {"type": "message", "user": "U1", "channel": "D1", "channel_type": "im", "ts": "1.5"}
Said = dict[str, Any]


def text(words: str, **style: Any) -> Said:
    return {"type": "text", "text": words, **style}


def section(*elements: Said) -> Said:
    return {"type": "rich_text_section", "elements": list(elements)}


def rich(*parts: Said) -> Said:
    return {"type": "rich_text", "elements": list(parts)}


def items(*said: str, **fields: Any) -> Said:
    return {"type": "rich_text_list", "elements": [section(text(each)) for each in said], **fields}


def raw(words: str) -> Said:
    return {"type": "raw_text", "text": words}


def table(*rows: list[Said]) -> Said:
    return {"type": "table", "rows": list(rows)}


def pasted(*rows: list[Said]) -> Said:
    """A table as Slack's clients send it."""
    return {"id": 1, "blocks": [table(*rows)], "fallback": "[no preview available]"}


def clip(content: str = "", **fields: Any) -> Said:
    """A voice clip as Slack tells of it."""
    told = {"transcription": {"status": "complete", "preview": {"content": content, "has_more": False}}}
    about = {"id": "F1", "name": "audio_message.m4a", "title": "audio_message.m4a", "subtype": "slack_audio"}
    return about | {"mimetype": "audio/mp4", "url_private": "https://files.slack.com/a"} | told | fields


PRICES = pasted([raw("Name"), raw("Price")], [rich(section(text("A "), text("big", style={"bold": True}))), raw("<5>")])
SHARED = {"is_share": True, "is_msg_unfurl": True, "author_name": "Bob", "fallback": "[today] Bob: [no preview]"}
FILE = {"id": "F9", "name": "plan.pdf", "url_private": "https://files.slack.com/plan.pdf"}

SHAPES: list[tuple[Said, str]] = [
    ({"attachments": [PRICES]}, "| Name | Price |\n| A big | <5> |"),
    ({"text": "which?", "attachments": [PRICES]}, "which?\n| Name | Price |\n| A big | <5> |"),
    ({"text": "[no preview available]", "blocks": [table([raw("a")], [raw("")], [])]}, "| a |"),
    ({"text": "a b", "blocks": [table([raw("b"), {"type": "raw_number", "value": 7}])]}, "a b\n| b | 7 |"),
    ({"blocks": [{"type": "data_table", "rows": [{"cells": [raw("x"), raw("y")]}]}]}, "| x | y |"),
    ({"blocks": [rich(items("one", "two"), items("deep", indent=1))]}, "- one\n- two\n  - deep"),
    ({"blocks": [rich(items("one", "two", style="ordered", offset=2))]}, "3. one\n4. two"),
    ({"blocks": [rich({**section(text("a\nb")), "type": "rich_text_quote"})]}, "> a\n> b"),
    ({"blocks": [rich({**section(text("x = 1\ny")), "type": "rich_text_preformatted"})]}, "```\nx = 1\ny\n```"),
    ({"blocks": [rich(section({"type": "emoji", "name": "wave", "skin_tone": 3}))]}, ":wave::skin-tone-3:"),
    (
        {"blocks": [rich(section({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1 Jan"}))]},
        "1 Jan",
    ),
    ({"blocks": [rich(section({"type": "color", "value": "#aabbcc"}))]}, "#aabbcc"),
    (
        {
            "blocks": [
                rich(section({"type": "usergroup", "usergroup_id": "S1"}, {"type": "channel", "channel_id": "C2"}))
            ]
        },
        "@subteam#C2",
    ),
    ({"blocks": [{"type": "image", "alt_text": "a chart", "image_url": "https://a.example"}]}, "a chart"),
    ({"blocks": [{"type": "video", "title": raw("Demo"), "description": raw("two minutes")}]}, "Demo\ntwo minutes"),
    ({"text": "This content can't be displayed.", "blocks": [{"type": "markdown", "text": "# Hi"}]}, "# Hi"),
    (
        {"attachments": [{"author_name": "Ann", "title": "T", "fallback": "T", "footer": "app"}]},
        "Ann\nT\napp",
    ),
    ({"attachments": [{"fallback": "[no preview available]"}, {"text": "kept"}]}, "kept"),
    ({"attachments": [SHARED | {"text": "meet"}]}, "Shared message of Bob:\n> meet"),
    (
        {"attachments": [SHARED | {"text": "", "message_blocks": [{"message": {"blocks": [table([raw("in")])]}}]}]},
        "Shared message of Bob:\n> | in |",
    ),
    (
        {"attachments": [SHARED | {"text": "see", "message_blocks": [{"message": {"attachments": [PRICES]}}]}]},
        "Shared message of Bob:\n> see\n> | Name | Price |\n> | A big | <5> |",
    ),
    (
        {"attachments": [SHARED | {"text": "see", "attachments": [SHARED | {"text": "inner"}]}]},
        "Shared message of Bob:\n> see\n> Shared message of Bob:\n> > inner",
    ),
    (
        {"attachments": [SHARED | {"text": "[no preview available]", "fallback": "", "files": [FILE]}]},
        "Shared message of Bob: plan.pdf",
    ),
    (
        {"text": "look", "attachments": [{"title": "CPU", "fields": [{"title": "Load", "value": "9"}]}]},
        "look\nCPU\nLoad\n9",
    ),
    (
        {"attachments": [SHARED | {"fallback": "", "files": [clip("what Bob said")]}]},
        "Shared message of Bob:\n> Transcript of audio_message.m4a:\n> > what Bob said",
    ),
    ({"files": [clip("Book a room.\nFor <two>.")]}, "Transcript of audio_message.m4a:\n> Book a room.\n> For <two>."),
    ({"files": [clip("a", subtype="slack_video", title="Stand-up")]}, "Transcript of Stand-up:\n> a"),
    (
        {
            "files": [
                {"id": "F2", "mode": "email", "subject": "Hi", "from": [{"original": "Ann <a@b>"}], "plain_text": "x"}
            ]
        },
        "E-mail “Hi” from Ann <a@b>:\n> x",
    ),
]


def readings(said: Said) -> Mapping[str, Incoming | None]:
    """One message as it comes live, by an edit, and from history; by a person and by a bot."""
    message = {"text": "", **FROM, **said}
    edit = {"type": "message", "subtype": "message_changed", "channel": "D1", "channel_type": "im", "ts": "9.0"}
    before = {**FROM, "text": "before"}
    change = read_change(edit | {"message": message, "previous_message": before}, BOT)
    return {
        "live": read_event(message, BOT),
        "mention": read_event(message | {"type": "app_mention"}, BOT),
        "edited": change.now if change else None,
        "above": read_anybody(message, BOT),
        "a bot": read_anybody(message | DEPLOYS, BOT),
    }


@pytest.mark.parametrize(("said", "expected"), SHAPES)
def test_whatever_is_said_is_read_whoever_says_it_and_however_it_comes(said: Said, expected: str) -> None:
    assert {way: incoming and incoming.text for way, incoming in readings(said).items()} == dict.fromkeys(
        ("live", "mention", "edited", "above", "a bot"), expected
    )


def test_a_table_alone_is_a_question_in_a_direct_message() -> None:
    incoming = read_event({"text": "", **FROM, "attachments": [PRICES]}, BOT)
    assert incoming is not None
    assert incoming.asks


CHANNEL, USER = {"type": "channel", "channel_id": "C1"}, {"type": "user", "user_id": "U1"}
LINK = {"type": "link", "url": "https://a.example", "text": "here"}
DATE = {"type": "date", "timestamp": 1, "format": "{date} x", "fallback": "y"}


@pytest.mark.parametrize(
    ("words", "block"),
    [
        ("see <#C1|general> &amp; <@U1|bob>", section(text("see "), CHANNEL, text(" & "), USER)),
        ("<https://a.example|here> now", section(LINK, text(" now"))),
        ("<!subteam^S1|@ops> go", section({"type": "usergroup", "usergroup_id": "S1"}, text(" go"))),
        (":wave::skin-tone-3: hi", section({"type": "emoji", "name": "wave", "skin_tone": 3}, text(" hi"))),
        ("<!date^1^{date}|1 Jan> ok", section(DATE, text(" ok"))),
        ("• one\n• two", items("one", "two")),
        ("one\ntwo", items("one", "two", style="ordered")),
        ("&gt; said\nso", {**section(text("said")), "type": "rich_text_quote"}),
        ("*bold* _it_ `code`", section(text("bold", style={"bold": True}), text(" it code"))),
    ],
)
def test_what_stands_in_the_text_and_in_the_blocks_is_read_once(words: str, block: Said) -> None:
    plain = readings({"text": words})
    assert readings({"text": words, "blocks": [rich(block)]}) == plain


def test_a_table_that_stands_in_the_text_as_well_is_read_once() -> None:
    said = {"text": "| a | b |\n|---|---|\n| 1 | 2 |", "blocks": [table([raw("a"), raw("b")], [raw("1"), raw("2")])]}
    assert readings(said) == readings({"text": said["text"]})


def test_the_blocks_of_what_somebody_types_are_its_text() -> None:
    typed = {"text": "what Slack makes of it", "client_msg_id": "c1", "blocks": [rich(section(text("something else")))]}
    assert {incoming and incoming.text for incoming in readings(typed).values()} == {"what Slack makes of it"}
    both = {**typed, "blocks": [*typed["blocks"], table([raw("a")])]}
    assert {incoming and incoming.text for incoming in readings(both).values()} == {"what Slack makes of it\n| a |"}


def test_who_is_mentioned_in_what_is_attached_is_not_called() -> None:
    called = {"type": "user", "user_id": "U0BOT"}
    inside = {"text": "hi", "attachments": [pasted([rich(section(called))]), SHARED | {"text": "<@U0BOT> hi"}]}
    for said, opens in ((inside, False), ({"text": "", "blocks": [rich(section(called, text(" hi")))]}, True)):
        incoming = read_event({**FROM, "channel": "C1", "channel_type": "channel", **said}, BOT)
        assert incoming is not None
        assert incoming.opens is opens


def test_previews_that_slack_adds_are_nobodys_words() -> None:
    preview = {"title": "Example", "text": "a page"}
    for added in (
        preview | {"from_url": "https://a.example"},
        preview | {"app_unfurl_url": "https://a.example"},
        preview,
    ):
        incoming = read_event({**FROM, "text": "see <https://a.example>", "attachments": [added]}, BOT)
        assert incoming is not None
        assert incoming.text == "see https://a.example"


def test_files_of_messages_that_are_passed_on_are_files() -> None:
    inner = SHARED | {"text": "see", "message_blocks": [{"message": {"files": [FILE]}}], "files": [FILE, {"id": "F8"}]}
    own = {"text": "see", "files": [{"id": "F6", "name": "beside.txt"}]}
    for way, incoming in readings({"attachments": [inner, own], "files": [{"id": "F7", "name": "own.txt"}]}).items():
        assert incoming is not None
        assert [file.name for file in incoming.files] == ["own.txt", "beside.txt", "plan.pdf", "a file"], way


@pytest.mark.parametrize(
    ("file", "is_left"),
    [
        (clip("whole"), False),
        (clip("", transcription={"status": "processing"}), True),
        (clip("", transcription={"status": "complete", "preview": {"content": "only", "has_more": True}}), True),
        (clip("", transcription={"status": "failed"}), True),
        (clip("", transcription="odd"), True),
    ],
)
def test_a_clip_that_slack_has_put_in_words_is_no_file_any_more(file: Said, is_left: bool) -> None:
    incoming = read_event({**FROM, "text": "", "files": [file]}, BOT)
    assert incoming is not None
    assert bool(incoming.files) is is_left


def test_what_is_told_of_a_file_only_later_is_no_edit() -> None:
    edit = {"type": "message", "subtype": "message_changed", "channel": "D1", "channel_type": "im", "ts": "9.0"}
    before = {**FROM, "text": "", "files": [clip(transcription={"status": "processing"})]}
    later = {**FROM, "text": "", "files": [clip("said")]}
    assert read_change(edit | {"message": later, "previous_message": before}, BOT) is None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ({"name": "image.png", "title": "image"}, "image.png"),
        ({"name": "Image_1.png", "title": "image 1.png"}, "Image_1.png"),
        ({"name": "image.png", "title": "Costs in May"}, "Costs in May – image.png"),
        ({"name": "", "title": "Plan"}, "Plan"),
    ],
)
def test_a_title_that_somebody_gave_is_told(file: Said, name: str) -> None:
    incoming = read_event({**FROM, "text": "", "files": [{"id": "F1"} | file]}, BOT)
    assert incoming is not None
    assert incoming.files[0].name == name


@pytest.mark.parametrize("begun", ["<", "<!date^", "<a|"])
def test_a_token_that_never_ends_takes_no_longer_than_its_text_is_long(begun: str) -> None:
    text = begun + "1" * 2_000_000
    block = {"type": "section", "text": {"type": "plain_text", "text": "and this"}}
    assert own_words({"text": text, "blocks": [block]}, text).endswith("and this")
