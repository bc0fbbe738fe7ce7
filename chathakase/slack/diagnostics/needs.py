"""What the bot needs of its app in Slack, as ``manifest.yml`` asks for it, and what does not work without it."""

from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.slack.own_messages import CHATS, FORGET, LIST_SHORTCUT

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "mentions are not received",
    "channels:history": "threads in public channels are not followed",
    "channels:read": "the names of public channels are unknown, and messages in them cannot be searched",
    "chat:write": "the bot cannot answer",
    "commands": "messages cannot be forgotten from their menu, and neither /chats nor its shortcut works",
    "files:read": "files that people share are not read",
    "files:write": "answers that are too long for messages are not attached as files",
    "groups:history": "threads in private channels are not followed",
    "groups:read": "the names of private channels are unknown, and messages in them cannot be searched",
    "im:history": "direct messages are not received",
    "im:read": "direct messages cannot be searched",
    "im:write": "a file sent to one person comes with an extra message",
    "mpim:history": "threads in group messages are not followed",
    "mpim:read": "group messages cannot be searched",
    "users:read": "people's names and the workspace's admins are unknown, and those who may be guests are not answered",
}
"""Scopes of the bot token (docs.slack.dev/reference/scopes)."""

CAN_DO_WITHOUT = frozenset(
    {"channels:read", "commands", "files:read", "groups:read", "im:read", "im:write", "mpim:read"}
)
"""Those of them without which people are still answered."""

EVENTS: Mapping[str, str] = {
    "app_home_opened": "the Home tab stays empty",
    "app_mention": "mentions are not received",
    "message.channels": "threads in public channels are not followed",
    "message.groups": "threads in private channels are not followed",
    "message.im": "direct messages are not received",
    "message.mpim": "threads in group messages are not followed",
}
"""Events that the app subscribes to for its bot (docs.slack.dev/reference/events)."""

ANSWERED_WITHOUT = frozenset({"app_home_opened"})
"""Those of them without which people are still answered."""

REINSTALL = (
    "Run `chathakase manifest`, paste what it prints under “App Manifest” in the app's settings, save, "
    "and install the app again."
)

COMMANDS: Sequence[dict[str, Any]] = (
    {
        "command": CHATS,
        "description": "See your threads with ChatHakase",
        "usage_hint": "[words to look for]",
        "should_escape": False,
    },
)
"""What may be typed in the message field (docs.slack.dev/interactivity/implementing-slash-commands)."""

SHORTCUTS: Sequence[dict[str, str]] = (
    {
        "name": "Your threads",
        "type": "global",
        "callback_id": LIST_SHORTCUT,
        "description": "See your threads with ChatHakase, or start a new one",
    },
    {
        "name": "Forget this message",
        "type": "message",
        "callback_id": FORGET,
        "description": "Have ChatHakase forget what this message says",
    },
)
"""What stands in Slack's own menu, and in that of messages (docs.slack.dev/interactivity/implementing-shortcuts)."""
