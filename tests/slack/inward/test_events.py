from typing import Any

import pytest

from chathakase.core.types import Place
from chathakase.slack.connection.identity import Identity
from chathakase.slack.inward.events import Malformed, read_event

BOT = Identity(user_id="U0BOT", bot_id="B0BOT", team_id="T1", name="ChatHakase")


def message(**fields: Any) -> dict[str, Any]:
    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hi", "ts": "1.1"}
    return {**event, **fields}


def test_a_mention_opens_a_session_in_its_own_thread() -> None:
    incoming = read_event(message(text="<@U0BOT> hi"), BOT)
    assert incoming is not None
    assert incoming.place == Place("C1", "1.1")
    assert incoming.place.session_id == "C1_1.1"
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
                "me_message",
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


def test_files_are_named() -> None:
    files = [{"name": "a.png"}, {"id": "F2", "name": {"odd": 1}}, "odd"]
    event = message(subtype="file_share", text="look", files=files)
    incoming = read_event(event, BOT)
    assert incoming is not None
    assert incoming.text == "look\n[attached: a.png, a file]"


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
