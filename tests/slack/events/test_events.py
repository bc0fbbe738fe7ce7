from typing import Any

import pytest

from chathakase.core.files import SharedFile
from chathakase.slack.events.message_events import read_event
from chathakase.slack.fields import Malformed
from tests.places import slack_place
from tests.slack.identity import BOT


def message(**fields: Any) -> dict[str, Any]:
    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hi", "ts": "1.1"}
    return {**event, **fields}


def test_a_mention_opens_a_session_in_its_own_thread() -> None:
    incoming = read_event(message(text="<@U0BOT> hi"), BOT)
    assert incoming is not None
    assert incoming.place == slack_place("C1", "1.1")
    assert incoming.place.name == "C1_1.1"
    assert (incoming.text, incoming.author, incoming.ref) == ("hi", "U1", "1.1")
    assert incoming.opens
    assert incoming.asks


def test_both_twins_of_a_mention_say_the_same() -> None:
    mention = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "so, <@U0BOT>?", "ts": "1.1"}
    assert read_event(mention, BOT) == read_event(message(text="so, <@U0BOT>?"), BOT)


def test_a_direct_message_opens_a_session() -> None:
    incoming = read_event(message(channel="D1", channel_type="im"), BOT)
    assert incoming is not None
    assert incoming.opens


def test_a_reply_joins_its_thread() -> None:
    incoming = read_event(message(thread_ts="0.9"), BOT)
    assert incoming is not None
    assert incoming.place.thread == "0.9"
    assert not incoming.opens
    assert incoming.asks


@pytest.mark.parametrize("text", ["<@U2> what do you say?", "<@U2|bob>: hm", "<!here> lunch", "<!subteam^S1> hm"])
def test_what_begins_with_somebody_else_is_not_for_the_bot(text: str) -> None:
    incoming = read_event(message(text=text, thread_ts="0.9"), BOT)
    assert incoming is not None
    assert not incoming.asks


def test_a_mention_of_the_bot_after_somebody_else_is_for_the_bot_too() -> None:
    incoming = read_event(message(text="<@U2> <@U0BOT> can you two help?"), BOT)
    assert incoming is not None
    assert incoming.asks
    assert incoming.opens


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "U0BOT"},
        {"bot_id": "B9", "user": "U9"},
        {"user": "USLACKBOT"},
        {"hidden": True},
        {"text": ""},
        {"text": None},
        {"subtype": ["odd"]},
        *(
            {"subtype": subtype}
            for subtype in (
                "bot_message",
                "channel_join",
                "channel_leave",
                "channel_topic",
                "channel_purpose",
                "channel_name",
                "channel_archive",
                "group_join",
                "message_changed",
                "message_deleted",
                "message_replied",
                "reminder_add",
                "assistant_app_thread",
                "tombstone",
                "something_new",
            )
        ),
    ],
)
def test_nobody_speaks_to_the_bot(fields: dict[str, Any]) -> None:
    assert read_event(message(thread_ts="0.9", **fields), BOT) is None


@pytest.mark.parametrize("kind", ["reaction_added", "app_home_opened", None, 7, ["message"]])
def test_other_events_say_nothing(kind: object) -> None:
    assert read_event({"type": kind, "user": "U1"}, BOT) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_subtypes_with_which_people_speak(subtype: str) -> None:
    assert read_event(message(subtype=subtype, thread_ts="0.9"), BOT) is not None


FILE = {
    "id": "F1",
    "name": "a.png",
    "mimetype": "image/PNG",
    "size": 12,
    "url_private": "https://files.slack.com/a.png",
    "url_private_download": "https://files.slack.com/download/a.png",
}


def shared(**fields: Any) -> SharedFile:
    incoming = read_event(message(subtype="file_share", text="look", files=[FILE | fields]), BOT)
    assert incoming is not None
    assert incoming.text == "look"
    (file,) = incoming.files
    return file


def test_a_file_is_read() -> None:
    assert shared() == SharedFile("F1", "a.png", "image/png", 12, "https://files.slack.com/download/a.png")
    assert shared(url_private_download=None).url == "https://files.slack.com/a.png"


@pytest.mark.parametrize(
    "fields",
    [
        {"file_access": "check_file_info"},
        {"file_access": "access_denied"},
        {"url_private": "javascript:alert(1)", "url_private_download": ""},
        {"url_private": 5, "url_private_download": "https://files.slack.com/\ud83d"},
    ],
)
def test_what_slack_does_not_hold_for_us_has_a_name_and_no_address(fields: dict[str, Any]) -> None:
    file = shared(**fields)
    assert (file.name, file.url, file.remote) == ("a.png", "", False)


@pytest.mark.parametrize(
    "fields",
    [
        {"is_external": True},
        {"is_external": 1, "mode": "hosted", "external_type": ""},
        {"is_external": False, "mode": "external"},
        {"mode": "External"},
        {"external_type": "gdrive", "is_external": False, "mode": "hosted"},
        {"external_id": "1"},
        {"external_url": "https://docs.example.org/d"},
        {"mimetype": "application/vnd.slack-remote"},
    ],
)
def test_what_somebody_else_keeps_is_remembered_as_that(fields: dict[str, Any]) -> None:
    file = shared(**fields)
    assert (file.name, file.url, file.remote) == ("a.png", "", True)
    mention = message(type="app_mention", text="<@UBOT>", files=[FILE | fields])
    incoming = read_event(mention, BOT)
    assert incoming is not None
    assert incoming.files == (file,)


def test_the_first_address_that_is_one_is_taken() -> None:
    assert shared(url_private_download="javascript:alert(1)").url == FILE["url_private"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "two\nlines"}, "two lines"),
        ({"name": "", "title": "Title"}, "Title"),
        ({"name": {"odd": 1}, "title": None}, "a file"),
        ({"name": "x" * 1_000}, "x" * 255),
        ({"name": "\ud83d"}, "\ufffd"),
    ],
)
def test_a_file_has_a_name_of_one_line(fields: dict[str, Any], name: str) -> None:
    assert shared(**fields).name == name


@pytest.mark.parametrize("size", [None, -1, True, "12", 1.5, 10**300])
def test_an_odd_size_is_unknown(size: object) -> None:
    assert shared(size=size).size == 0


def test_odd_files_are_borne() -> None:
    files = [FILE, FILE, {"id": "F2", "mode": "tombstone"}, "odd", {"id": {}}, {"mimetype": "a b"}]
    incoming = read_event(message(text="", files=files, thread_ts="0.9"), BOT)
    assert incoming is not None
    assert [(file.id, file.name, file.kind) for file in incoming.files] == [
        ("F1", "a.png", "image/png"),
        ("unknown-2", "a file", ""),
        ("unknown-3", "a file", ""),
    ]
    assert read_event(message(files="F1"), BOT) == read_event(message(), BOT)


def test_a_message_may_be_nothing_but_files() -> None:
    incoming = read_event(message(subtype="file_share", text="", files=[FILE], thread_ts="0.9"), BOT)
    assert incoming is not None
    assert (incoming.text, incoming.asks, incoming.opens) == ("", True, False)
    gone = message(subtype="file_share", text="", files=[{"id": "F1", "mode": "tombstone"}], thread_ts="0.9")
    assert read_event(gone, BOT) is None


IN_BLOCKS = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "file"}]}]}]


@pytest.mark.parametrize(
    ("fields", "files", "awaits"),
    [
        ({}, 0, False),
        ({"files": [FILE]}, 1, False),
        ({"files": [FILE | {"is_external": True}]}, 1, False),
        ({"files": [{"id": "F1"}]}, 1, True),
        ({"files": [{"id": "F1", "file_access": "check_file_info"}, FILE | {"id": "F2"}]}, 2, True),
        ({"subtype": "file_share"}, 0, True),
        ({"upload": True}, 0, True),
        ({"blocks": IN_BLOCKS}, 0, True),
        ({"blocks": "odd", "upload": False}, 0, False),
    ],
)
def test_a_mention_tells_of_files_that_its_twin_brings(fields: dict[str, Any], files: int, awaits: bool) -> None:
    mention = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@U0BOT>", "ts": "1.1"}
    incoming, twin = read_event(mention | fields, BOT), read_event(mention | fields | {"type": "message"}, BOT)
    assert incoming is not None
    assert (len(incoming.files), incoming.awaits_files) == (files, awaits)
    assert twin is not None
    assert not twin.awaits_files


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"channel": None}, "channel"),
        ({"channel": {"id": "C1"}}, "channel"),
        ({"channel": "C\ud83d"}, "channel"),
        ({"ts": 12.5}, "ts"),
        ({"ts": "soon"}, "ts"),
        ({"thread_ts": ["1.1"]}, "thread_ts"),
        ({"user": None}, "user"),
        ({"user": "nobody at all"}, "user"),
        ({"user": "U\x00"}, "user"),
        ({"text": 5}, "text"),
    ],
)
def test_malformed_messages_name_the_field(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(Malformed, match=f"^{name}$"):
        read_event(message(**fields), BOT)


def test_people_speak_of_themselves_as_well() -> None:
    incoming = read_event(message(text="wonders", subtype="me_message", channel="D1", channel_type="im"), BOT)
    assert incoming is not None
    assert (incoming.text, incoming.opens, incoming.asks) == ("wonders", True, True)


def test_what_somebody_passes_on_is_quoted_and_calls_nobody() -> None:
    shared = {"is_share": True, "author_name": "Bob", "text": "<@U0BOT> one\n\ntwo &amp; three"}
    incoming = read_event(message(text="what is meant?", attachments=[shared], thread_ts="0.9"), BOT)
    assert incoming is not None
    assert incoming.text == "what is meant?\nShared message of Bob:\n> @ChatHakase one\n> \n> two & three"
    assert not incoming.opens
    alone = read_event(message(text="", attachments=[shared]), BOT)
    assert alone is not None
    assert alone.text.startswith("Shared message of Bob:\n>")
    assert (
        read_event(message(text="", attachments=[{"title": "a preview", "from_url": "https://a.example"}]), BOT) is None
    )


def test_people_may_speak_in_blocks_alone() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [{"type": "user", "user_id": "U0BOT"}, {"type": "text", "text": " a <b>"}],
    }
    incoming = read_event(message(text="", blocks=[{"type": "rich_text", "elements": [section]}]), BOT)
    assert incoming is not None
    assert (incoming.text, incoming.opens) == ("a <b>", True)
