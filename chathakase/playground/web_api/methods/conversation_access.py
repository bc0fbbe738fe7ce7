"""Which conversations a caller may see and speak in.

A private conversation does not exist for those outside it (`channel_not_found`); the app must be a member also of a
public one to read or write there (`not_in_channel`), while people may read it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import ChannelType, Conversation, Message

Family: TypeAlias = Literal["read", "history", "manage"]

_SCOPES: dict[Family, dict[ChannelType, tuple[str, ...]]] = {
    "read": {
        "channel": ("channels:read",),
        "group": ("groups:read",),
        "im": ("im:read",),
        "mpim": ("mpim:read",),
    },
    "history": {
        "channel": ("channels:history",),
        "group": ("groups:history",),
        "im": ("im:history",),
        "mpim": ("mpim:history",),
    },
    "manage": {
        "channel": ("channels:manage",),
        "group": ("groups:write",),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
}


def scopes_of(family: Family) -> tuple[str, ...]:
    """All scopes of a family, one for each kind of conversation."""
    return tuple(scope for scopes in _SCOPES[family].values() for scope in scopes)


def scopes_for(family: Family, kind: ChannelType) -> tuple[str, ...]:
    """The scopes of a family for one kind of conversation, of which any one will do."""
    return _SCOPES[family][kind]


def visible(call: Call, family: Family | None = None, argument: str = "channel") -> Conversation:
    """The conversation that an argument names, if the caller may know of it, with the family's scope for its kind."""
    conversation = call.world.conversation(call.arguments.required(argument))
    if conversation is None or hidden(call, conversation):
        raise SlackError("channel_not_found")
    if family is not None:
        call.need_scope(*scopes_for(family, conversation.type))
    return conversation


def hidden(call: Call, conversation: Conversation) -> bool:
    """Whether the caller is outside a conversation that is not public."""
    return conversation.type != "channel" and not _is_member(call, conversation)


def readable(call: Call, family: Family | None = "history") -> Conversation:
    """The conversation named by `channel`, if the caller may read in it."""
    conversation = visible(call, family)
    if call.caller.type == "bot" and not _is_member(call, conversation):
        raise SlackError("not_in_channel")
    return conversation


def joined(call: Call, family: Family | None = None, argument: str = "channel") -> Conversation:
    """The conversation that an argument names, if the caller is a member and it is not archived."""
    conversation = visible(call, family, argument)
    if not _is_member(call, conversation):
        raise SlackError("not_in_channel")
    if conversation.is_archived:
        raise SlackError("is_archived")
    return conversation


def message_in(call: Call, conversation: Conversation, argument: str) -> Message:
    """The message whose ts an argument gives; `message_not_found` if there is none."""
    message = call.world.timeline(conversation.id).get(call.arguments.required(argument))
    if message is None or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    return message


def _is_member(call: Call, conversation: Conversation) -> bool:
    return call.world.is_member(conversation.id, call.caller.user_id)
