"""What a direct message with one person is known by. Pure."""

from collections.abc import Mapping
from typing import Any

DIRECT = "D"
"""How their ids begin; those of all other conversations begin with C or, from long ago, with G.

See https://docs.slack.dev/reference/objects/conversation-object.
"""


def is_direct(channel: object) -> bool:
    """Whether an id is that of a direct message."""
    return isinstance(channel, str) and channel.startswith(DIRECT)


def is_said_directly(event: Mapping[str, Any]) -> bool:
    """Whether what an event tells of stands in one (https://docs.slack.dev/reference/events/message.im)."""
    return event.get("channel_type") == "im" or is_direct(event.get("channel"))


def is_direct_message(conversation: Mapping[str, Any]) -> bool:
    """Whether a conversation as Slack describes it is one."""
    return bool(conversation.get("is_im"))
