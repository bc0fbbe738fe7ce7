from typing import Any

import pytest

from chathakase.core.types import Incoming
from chathakase.slack.connection.identity import Identity
from chathakase.slack.inward.anybody import read_anybody

BOT = Identity(user_id="U0BOT", bot_id="B0BOT", team_id="T1", name="ChatHakase")
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
    assert incoming.text == "*Deployed*\nBuild 7\n[Build 7]\nonly this"
    assert read(**DEPLOYS, text="", blocks="odd", attachments={}) is None


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
