"""What the bot needs of its app in Slack, as ``manifest.yml`` asks for it, and what does not work without it."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "mentions are not heard",
    "channels:history": "threads in public channels are not followed",
    "chat:write": "nothing is answered",
    "files:write": "answers that are too long for messages are not attached",
    "groups:history": "threads in private channels are not followed",
    "im:history": "direct messages are not heard",
    "mpim:history": "threads in group messages are not followed",
    "users:read": "people have no names, and the workspace's admins are not known",
}
"""Scopes of the bot token (docs.slack.dev/reference/scopes)."""

EVENTS: Mapping[str, str] = {
    "app_mention": "mentions are not heard",
    "message.channels": "threads in public channels are not followed",
    "message.groups": "threads in private channels are not followed",
    "message.im": "direct messages are not heard",
    "message.mpim": "threads in group messages are not followed",
}
"""Events that the app subscribes to for its bot (docs.slack.dev/reference/events)."""

REINSTALL = "Paste manifest.yml under “App Manifest” in the app's settings, save, and install the app again."
