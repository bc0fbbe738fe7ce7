from dataclasses import replace
from typing import Any

import pytest

from chathakase.core.memory import Change
from chathakase.core.types import Incoming
from chathakase.slack.events.message_changes import read_change
from chathakase.slack.events.message_events import read_event
from chathakase.slack.fields import Malformed
from tests.places import slack_place
from tests.slack.identity import BOT

AT = 9_000_000
EDITED = {"edited": {"user": "U1", "ts": "8.0"}}
FILE = {"id": "F1", "name": "a.txt", "url_private": "https://files.slack.com/a.txt"}
GONE = {"id": "F1", "mode": "tombstone"}
OTHER_BOT = {"user": "U2", "bot_id": "B2", "bot_profile": {"name": "Deploys"}}


def said(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "hi", "ts": "1.5", "thread_ts": "1.0", **fields}


def event(subtype: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": "C1",
        "channel_type": "channel",
        "ts": "9.0",
        "event_ts": "9.0",
        **fields,
    }


def changed(now: dict[str, Any], before: dict[str, Any] | None = None, **fields: Any) -> Change | None:
    previous = {} if before is None else {"previous_message": before}
    return read_change(event("message_changed", message=now, **previous, **fields), BOT)


def deleted(**fields: Any) -> Change | None:
    return read_change(event("message_deleted", **fields), BOT)


def now(change: Change | None) -> Incoming:
    assert change is not None
    assert change.now is not None
    return change.now


@pytest.mark.parametrize("before", [said(text="helo"), None, "odd", said(text=7)])
def test_an_edit_tells_what_the_message_says_now(before: Any) -> None:
    edited = said(text="hello", **EDITED)
    change = changed(edited, before)
    assert change == Change(slack_place("C1", "1.0"), "1.5", AT, read_event(edited | {"channel": "C1"}, BOT))


def test_what_stands_in_no_thread_may_begin_one() -> None:
    change = changed({"user": "U1", "text": "hello", "ts": "1.5"} | EDITED, said(text="helo"))
    assert now(change).place == slack_place("C1", "1.5")
    assert change is not None
    assert change.place.thread == ""


def test_an_edit_without_its_thread_is_looked_for_in_all_of_them_and_opens_none() -> None:
    for message, channel in (("hello", "D1"), ("<@U0BOT> hello", "C1")):
        change = changed({"user": "U1", "text": message, "ts": "1.5"} | EDITED, channel=channel)
        assert (now(change).text, now(change).opens) == ("hello", False)
        assert change is not None
        assert change.place.thread == ""


def test_where_nothing_tells_that_it_is_an_edit_whoever_knows_the_message_can() -> None:
    assert now(changed(said(text="hello"))).text == "hello"
    preview = {"title": "Example", "text": "a page", "from_url": "https://a.example"}
    linked = {"is_msg_unfurl": True, "text": "what it links to", "from_url": "https://a.slack.com/archives/C2/p1"}
    for attachment in (preview, linked):
        assert now(changed(said(attachments=[attachment]))).text == "hi"
        assert now(changed(said(attachments=[attachment], **OTHER_BOT))).text == "hi"
        assert changed(said(attachments=[attachment], **OTHER_BOT), said(**OTHER_BOT)) is None


def test_what_is_passed_on_stays_with_an_edit() -> None:
    shared = {
        "is_share": True,
        "is_msg_unfurl": True,
        "text": "theirs",
        "from_url": "https://a.slack.com/archives/C2/p1",
    }
    edited = changed(said(text="hello", attachments=[shared]), said(attachments=[shared]))
    assert now(edited).text == "hello\nShared message:\n> theirs"


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (said(attachments=[{"title": "Example"}]), said()),
        (said(attachments=[{"title": "Example"}], **EDITED), said(**EDITED)),
        (said(reply_count=2, reactions=[{"name": "wave"}]), said()),
        (said(blocks=[{"type": "rich_text"}], language={"locale": "de-DE"}), said()),
        (said(text="<https://a.example|https://a.example>"), said(text="<https://a.example>")),
        (said(files=[FILE | {"size": 5}]), said(files=[{"id": "F1", "name": "a.txt"}])),
        (said(user="U0BOT", bot_id="B0BOT", text="more", **EDITED), said(user="U0BOT", bot_id="B0BOT")),
        (said(bot_id="B0BOT", text="more"), said(bot_id="B0BOT")),
        (said(subtype="channel_topic", text="more", **EDITED), said(subtype="channel_topic")),
        (said(user="USLACKBOT", text="more", **EDITED), said(user="USLACKBOT")),
    ],
    ids=str,
)
def test_not_every_change_is_an_edit(after: dict[str, Any], before: dict[str, Any] | None) -> None:
    assert changed(after, before) is None


def test_an_edit_may_mention_the_bot_for_the_first_time() -> None:
    incoming = now(changed(said(text="<@U0BOT> and you?", **EDITED), said(text="and you?")))
    assert (incoming.text, incoming.opens, incoming.asks) == ("and you?", True, True)


def test_an_edit_in_a_direct_message_opens_as_a_new_one_would() -> None:
    assert now(changed(said(text="b"), said(text="a"), channel="D1", channel_type="im")).opens


def test_a_file_may_go() -> None:
    change = changed(said(files=[GONE]), said(files=[FILE]))
    assert now(change).files == ()
    assert now(change).text == "hi"


def test_what_says_nothing_any_more_is_deleted() -> None:
    change = changed(said(text="", files=[GONE]), said(text="", files=[FILE]))
    assert change == Change(slack_place("C1", "1.0"), "1.5", AT, None)


def test_other_bots_edit_as_well() -> None:
    incoming = now(changed(said(text="done", **OTHER_BOT), said(text="begun", **OTHER_BOT)))
    assert (incoming.name, incoming.author, incoming.asks, incoming.opens) == ("Deploys", "B2", False, False)


@pytest.mark.parametrize("thread", ["1.5", None])
def test_a_tombstone_is_a_deletion(thread: str | None) -> None:
    tombstone = said(subtype="tombstone", user="USLACKBOT", hidden=True, thread_ts=thread)
    assert changed(tombstone, said()) == Change(slack_place("C1", "1.5"), "1.5", AT, None)


def test_a_deletion_may_tell_its_thread() -> None:
    known = Change(slack_place("C1", "1.0"), "1.5", AT, None)
    assert deleted(deleted_ts="1.5", previous_message=said()) == known
    assert deleted(previous_message=said()) == known
    somewhere = replace(known, place=slack_place("C1", ""))
    assert deleted(deleted_ts="1.5") == somewhere
    assert deleted(previous_message=said(thread_ts=None)) == somewhere
    assert deleted(deleted_ts="1.5", previous_message="odd") == somewhere


def test_what_is_deleted_of_ours_is_told_as_well() -> None:
    change = deleted(deleted_ts="1.5", previous_message=said(user="U0BOT", bot_id="B0BOT"))
    assert change is not None
    assert change.ref == "1.5"


@pytest.mark.parametrize("kind", ["app_mention", "reaction_added", None, ["message"]])
def test_other_events_change_nothing(kind: object) -> None:
    assert read_change(event("message_deleted", deleted_ts="1.5") | {"type": kind}, BOT) is None


@pytest.mark.parametrize("subtype", [None, "file_share", "message_replied", ["message_changed"], "channel_join"])
def test_what_is_said_is_no_change(subtype: Any) -> None:
    assert read_change(event(subtype, message=said(text="x", **EDITED)), BOT) is None


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        (event("message_deleted"), "ts"),
        (event("message_deleted", deleted_ts=["1.5"]), "ts"),
        (event("message_deleted", deleted_ts="1.5", channel=None), "channel"),
        (event("message_deleted", deleted_ts="1.5", ts=None, event_ts=5), "ts"),
        (event("message_deleted", deleted_ts="1.5", previous_message=said(thread_ts=5)), "thread_ts"),
        (event("message_changed", message="odd"), "ts"),
        (event("message_changed", message=said(text="x", ts=None, **EDITED)), "ts"),
        (event("message_changed", message=said(text=5, **EDITED)), "text"),
    ],
)
def test_malformed_changes_name_the_field(broken: dict[str, Any], name: str) -> None:
    with pytest.raises(Malformed, match=f"^{name}$"):
        read_change(broken, BOT)


@pytest.mark.parametrize(
    ("before", "calls"),
    [
        (said(text="<@U2> hi"), True),
        (said(text="<@U0BOT> hi"), False),
        (said(text=""), True),
        (None, False),
        (said(text=7), False),
    ],
)
def test_what_mentions_us_only_now_is_known_where_it_is_told_what_was_said_before(before: Any, calls: bool) -> None:
    change = changed(said(text="<@U0BOT> hello", **EDITED), before)
    assert change is not None
    assert change.calls is calls


def test_a_direct_message_called_us_before() -> None:
    change = changed(said(text="helo", **EDITED), said(text="hello"), channel="D1", channel_type="im")
    assert change is not None
    assert not change.calls
