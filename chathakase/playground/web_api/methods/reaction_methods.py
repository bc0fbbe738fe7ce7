"""reactions.*: emoji under messages."""

from __future__ import annotations

from chathakase.playground.content.emoji_names import is_emoji
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import message_in, readable
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.message_ts import is_ts
from chathakase.playground.world.values import Json, Message


def add(call: Call) -> Json:
    """reactions.add: put the emoji `name` under the message at `timestamp`."""
    message, name = _target(call)
    if not call.world.react(message, call.caller.user_id, name):
        raise SlackError("already_reacted")
    return {}


def remove(call: Call) -> Json:
    """reactions.remove: take one's own emoji away."""
    message, name = _target(call)
    if not call.world.unreact(message, call.caller.user_id, name):
        raise SlackError("no_reaction")
    return {}


def _target(call: Call) -> tuple[Message, str]:
    name = call.arguments.required("name")
    if not is_emoji(name):
        raise SlackError("invalid_name")
    if not call.arguments.has("timestamp"):
        raise SlackError("no_item_specified")
    if not is_ts(call.arguments.text("timestamp")):
        raise SlackError("bad_timestamp")
    conversation = readable(call, None)
    if conversation.is_archived:
        raise SlackError("is_archived")
    return message_in(call, conversation, "timestamp"), name
