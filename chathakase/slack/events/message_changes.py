"""From Slack's event payloads to what people changed and deleted. Pure.

Shapes: https://docs.slack.dev/reference/events/message/message_changed and
https://docs.slack.dev/reference/events/message/message_deleted; in both ``previous_message`` may be missing. A message
changes for many reasons that are no edits: a preview of a link, a reaction, a reply, a language that was detected.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chathakase.core.memory import Change
from chathakase.core.types import Incoming
from chathakase.slack.events.anybody import is_ours, read_anybody
from chathakase.slack.events.file_texts import without_late_texts
from chathakase.slack.events.layout import without_previews
from chathakase.slack.events.message_events import read_event, thread_of
from chathakase.slack.fields import ID, Malformed, field, part
from chathakase.slack.timestamps import TIMESTAMP, microseconds
from chathakase.slack.web.identity import Identity

CHANGED, DELETED = "message_changed", "message_deleted"
TOMBSTONE = "tombstone"
"""The subtype of what stays of a thread's first message when it is deleted before its replies are."""


def read_change(event: Mapping[str, Any], identity: Identity) -> Change | None:
    """Read an event; None when nobody changed, by it, what a message says. Raises Malformed.

    Who deleted a message is not told, so what we delete ourselves is told of like what people do.
    """
    if event.get("type") != "message":
        return None
    if event.get("subtype") == DELETED:
        previous = part(event, "previous_message")
        return _change(event, previous, event.get("deleted_ts") or previous.get("ts"), None, identity)
    if event.get("subtype") != CHANGED:
        return None
    message = part(event, "message")
    if message.get("subtype") == TOMBSTONE:
        return _change(event, message, message.get("ts"), None, identity)
    if is_ours(message, identity):
        return None
    now = _now(event, message, identity)
    if not _may_be_an_edit(event, message, identity):
        return None
    change = _change(event, message, message.get("ts"), now, identity)
    return replace(change, calls=now is not None and now.opens and _did_not_call(event, identity))


def _now(event: Mapping[str, Any], message: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """What a message says now; it opens nothing where it is not told whether it stands in a thread."""
    now = _read(event, message, identity)
    if now is None or message.get("thread_ts") or part(event, "previous_message"):
        return now
    return replace(now, opens=False)


def _may_be_an_edit(event: Mapping[str, Any], message: Mapping[str, Any], identity: Identity) -> bool:
    """Whether what a message says is another than before, as far as the event tells."""
    now = _read(event, without_late_texts(message), identity)
    try:
        if previous := part(event, "previous_message"):
            return _content(_read(event, without_late_texts(previous), identity)) != _content(now)
    except Malformed:
        pass
    # Whoever knows what it said before can tell.
    return now is not None


def _did_not_call(event: Mapping[str, Any], identity: Identity) -> bool:
    """Whether it is told that a message did not call us before."""
    try:
        previous = part(event, "previous_message")
        before = _read(event, previous, identity)
    except Malformed:
        return False
    return bool(previous) and (before is None or not before.opens)


def _content(said: Incoming | None) -> object:
    """What makes a difference; what Slack tells of a file may change while it is still looking into it."""
    return said and (said.text, said.opens, said.asks, [file.id for file in said.files])


def _read(event: Mapping[str, Any], message: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """A version of a message as if it were new; that of another bot as context."""
    where = {"type": "message", "channel": event.get("channel"), "channel_type": event.get("channel_type")}
    version = {**message, **where, "attachments": without_previews(message)}
    return read_event(version, identity) or read_anybody(version, identity)


def _change(
    event: Mapping[str, Any], message: Mapping[str, Any], ts: object, now: Incoming | None, identity: Identity
) -> Change:
    ref = field({"ts": ts}, "ts", TIMESTAMP)
    at = field({"ts": event.get("ts") or event.get("event_ts")}, "ts", TIMESTAMP)
    # Not every server tells it of every message; one that stands in none is found without it.
    thread = thread_of(message, ref) if message.get("thread_ts") or message.get("subtype") == TOMBSTONE else ""
    return Change(identity.place(field(event, "channel", ID), thread), ref, microseconds(at), now)
