"""From buttons that say words, and from the menu of a message, to what somebody wants. Pure.

Shapes: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload and
https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
"""

import json
from collections.abc import Mapping
from typing import Any

from chathakase.core.jobs import FORGET_ONE, ButtonPhrase, Command
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.fields import ID, Malformed, field, first_of, part, ref_of
from chathakase.slack.own_messages import FORGET
from chathakase.slack.timestamps import TIMESTAMP
from chathakase.slack.web.identity import Identity

MOST_WORDS = 2_000


def read_phrase(body: Mapping[str, Any], identity: Identity) -> ButtonPhrase:
    """Read that somebody pressed a button that says words. Raises Malformed.

    The message with the button is seen by one person only, and Slack does not tell its thread: the button does.
    """
    action = first_of(body.get("actions"))
    words, thread, told_in = _value(action.get("value"))
    container = part(body, "container")
    channel = {"id": container.get("channel_id"), **part(body, "channel")}
    channel_id = field(channel, "id", ID)
    return ButtonPhrase(
        place=identity.place(channel_id, thread),
        ref=ref_of(container.get("message_ts"), action.get("action_ts"), body.get("trigger_id")),
        by=field(part(body, "user"), "id", ID),
        words=words,
        told_in=identity.place(channel_id, told_in) if told_in else None,
    )


def read_shortcut(body: Mapping[str, Any], identity: Identity) -> Command:
    """Read that somebody wants a message forgotten. Raises Malformed."""
    if body.get("callback_id") != FORGET:
        raise Malformed("callback_id")
    message = part(body, "message")
    ref = field({"message_ts": message.get("ts") or body.get("message_ts")}, "message_ts", TIMESTAMP)
    thread = field({"thread_ts": message.get("thread_ts") or ref}, "thread_ts", TIMESTAMP)
    return Command(
        place=identity.place(field(part(body, "channel"), "id", ID), thread),
        ref=ref_of(body.get("action_ts"), body.get("trigger_id")),
        by=field(part(body, "user"), "id", ID),
        name=FORGET_ONE,
        argument=ref,
    )


def _value(value: object) -> tuple[str, str, str]:
    try:
        known = json.loads(value if isinstance(value, str) else "")
        words, thread = known["words"], field(known, "thread", TIMESTAMP)
        told_in = field(known, "told_in", TIMESTAMP) if known.get("told_in") else ""
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Malformed("value") from error
    if not isinstance(words, str) or not words or len(words) > MOST_WORDS:
        raise Malformed("value")
    return fix_surrogates(words), thread, told_in
