"""From Slack's event payloads to what a person said. Pure.

Shapes: https://docs.slack.dev/reference/events/message and https://docs.slack.dev/reference/events/app_mention.
"""

import re
from collections.abc import Mapping
from typing import Any

from chathakase.core.types import Incoming, Place
from chathakase.core.unicode import mend
from chathakase.slack.connection.identity import Identity
from chathakase.slack.inward.reading import begins_with_other, mentions, readable

EVENTS = ("app_mention", "message")
SPOKEN = (None, "file_share", "thread_broadcast")
"""The subtypes with which people say something; all others tell of something that happened."""

TIMESTAMP = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
ID = re.compile(r"[!-;=?-~]{1,100}")


class Malformed(ValueError):
    """An event that claims to be a message but is not shaped like one; the text names the field."""


def read_event(event: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """Read an event; None when nobody says anything with it that concerns the bot. Raises Malformed."""
    if event.get("type") not in EVENTS or not _spoken_by_a_person(event, identity):
        return None
    channel, ref = field(event, "channel", ID), field(event, "ts", TIMESTAMP)
    thread = field(event, "thread_ts", TIMESTAMP) if event.get("thread_ts") else ref
    raw = event.get("text") or ""
    if not isinstance(raw, str):
        raise Malformed("text")
    raw = mend(raw)
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    mentioned = event["type"] == "app_mention" or mentions(raw, identity.user_id)
    text = _with_files(readable(raw, bot=identity.user_id, bot_name=identity.name), event.get("files"))
    if not text and not (direct or mentioned):
        return None
    return Incoming(
        place=Place(channel, thread),
        ref=ref,
        author=field(event, "user", ID),
        text=text,
        said=microseconds(ref),
        opens=direct or mentioned,
        asks=direct or mentioned or not begins_with_other(raw, identity.user_id),
    )


def microseconds(ts: str) -> int:
    """When a message was said, in epoch microseconds, which is what Slack's ``ts`` is made of."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(f"{fraction:0<6.6}")


def _spoken_by_a_person(event: Mapping[str, Any], identity: Identity) -> bool:
    return (
        event.get("subtype") in SPOKEN
        and not event.get("bot_id")
        and not event.get("hidden")
        and event.get("user") not in (identity.user_id, "USLACKBOT")
    )


def field(event: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    """A field that must be a text of a certain shape. Raises Malformed with its name."""
    value = event.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Malformed(name)
    return value


def _with_files(text: str, files: object) -> str:
    """Name the files that came with a message, so that the model knows of them."""
    if not isinstance(files, list):
        return text
    names = [_name(file) for file in files if isinstance(file, Mapping)]
    return f"{text}\n[attached: {', '.join(names)}]".strip() if names else text


def _name(file: Mapping[str, Any]) -> str:
    name = file.get("name")
    return mend(name) if name and isinstance(name, str) else "a file"
