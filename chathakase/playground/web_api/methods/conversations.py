"""conversations.*: finding, opening, joining and leaving conversations."""

from __future__ import annotations

from collections.abc import Sequence

from chathakase.playground.socket_mode.payloads import conversation_json
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import hidden, joined, scopes_for, visible
from chathakase.playground.web_api.methods.cursors import page_of
from chathakase.playground.web_api.methods.user_methods import LOCALE
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import ChannelType, Conversation, Json

TOPIC_MOST = 250
"""Characters of a topic (conversations.setTopic, `too_long`)."""
OPEN_MOST = 8
"""People in a group direct message beside the one who opens it (conversations.open, `too_many_users`)."""

_TYPES: dict[str, ChannelType] = {"public_channel": "channel", "private_channel": "group", "mpim": "mpim", "im": "im"}


def info(call: Call) -> Json:
    """conversations.info: one conversation, with `include_num_members` and `include_locale`."""
    conversation = visible(call, "read")
    payload = _json(call, conversation)
    if call.arguments.flag("include_num_members"):
        payload |= _counted(call, conversation)
    if call.arguments.flag("include_locale"):
        payload["locale"] = LOCALE
    return {"channel": payload}


def _counted(call: Call, conversation: Conversation) -> Json:
    return {"num_members": len(call.world.members(conversation.id))}


def listing(call: Call) -> Json:
    """conversations.list: what the caller may know of, of the kinds in `types` (public channels by default).

    Channels come with the number of their members, and direct messages without (its method page).
    """
    found = _of_types(call)
    page, metadata = page_of(call, found, [each.id for each in found], "team")
    channels = [_json(call, each) | (_counted(call, each) if each.type != "im" else {}) for each in page]
    return {"channels": channels, "response_metadata": metadata}


def memberships(call: Call) -> Json:
    """users.conversations: what `user`, or the caller, is a member of; without `is_member` and `num_members`.

    What is not public is listed only where the caller is a member as well.
    """
    user = call.arguments.text("user") or call.caller.user_id
    if user not in call.world.users:
        raise SlackError("user_not_found")
    found = [each for each in _of_types(call, need_scopes=True) if call.world.is_member(each.id, user)]
    page, metadata = page_of(call, found, [each.id for each in found], "team")
    channels = [{key: value for key, value in _json(call, each).items() if key != "is_member"} for each in page]
    return {"channels": channels, "response_metadata": metadata}


def _of_types(call: Call, *, need_scopes: bool = False) -> Sequence[Conversation]:
    """The conversations that the caller may know of, of the kinds that were asked for, perhaps with a scope of each."""
    types = call.arguments.names("types") or ["public_channel"]
    if any(name not in _TYPES for name in types):
        raise SlackError("invalid_types")
    wanted = {_TYPES[name] for name in types}
    if need_scopes:
        for kind in sorted(wanted):
            call.need_scope(*scopes_for("read", kind))
    without_archived = call.arguments.flag("exclude_archived")
    return [
        each
        for each in call.world.conversations()
        if each.type in wanted and not hidden(call, each) and not (without_archived and each.is_archived)
    ]


def members(call: Call) -> Json:
    """conversations.members: the ids of the members, page by page."""
    ids = call.world.members(visible(call, "read").id)
    page, metadata = page_of(call, ids, ids, "user")
    return {"members": list(page), "response_metadata": metadata}


def open_conversation(call: Call) -> Json:
    """conversations.open: the direct message with `users`, made if there is none, or the one named by `channel`."""
    if call.arguments.text("channel"):
        conversation = visible(call)
        _only(conversation, "im", "mpim")
        return _opened(call, conversation, is_new=False)
    users = _users(call)
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > OPEN_MOST:
        raise SlackError("too_many_users")
    everybody = list(dict.fromkeys((call.caller.user_id, *users)))
    if call.world.conversation_between(everybody) is not None:
        return _opened(call, call.world.open_direct(everybody), is_new=False)
    call.need_scope("im:write" if len(everybody) <= 2 else "mpim:write")
    return _opened(call, call.world.open_direct(everybody), is_new=True)


def _opened(call: Call, conversation: Conversation, *, is_new: bool) -> Json:
    full = call.arguments.flag("return_im")
    answer: Json = {"channel": _json(call, conversation) if full else {"id": conversation.id}}
    return answer if is_new else answer | {"no_op": True, "already_open": True}


def join(call: Call) -> Json:
    """conversations.join: become a member of a public channel; a warning where one is already."""
    conversation = visible(call)
    _only(conversation, "channel")
    if conversation.is_archived:
        raise SlackError("is_archived")
    answer: Json = {}
    if call.world.is_member(conversation.id, call.caller.user_id):
        warning = "already_in_channel"
        answer = {"warning": warning, "response_metadata": {"warnings": [warning]}}
    call.world.join(conversation.id, call.caller.user_id)
    return {"channel": _json(call, conversation)} | answer


def leave(call: Call) -> Json:
    """conversations.leave: end one's membership; nobody leaves #general."""
    conversation = visible(call, "manage")
    _only(conversation, "channel", "group", "mpim")
    if conversation.name == "general":
        raise SlackError("cant_leave_general")
    if not call.world.is_member(conversation.id, call.caller.user_id):
        return {"not_in_channel": True}
    if conversation.is_archived:
        raise SlackError("is_archived")
    if len(call.world.members(conversation.id)) == 1:
        raise SlackError("last_member")
    call.world.leave(conversation.id, call.caller.user_id)
    return {}


def invite(call: Call) -> Json:
    """conversations.invite: make `users` members of a channel that the caller is in."""
    conversation = joined(call)
    _only(conversation, "channel", "group")
    users = _users(call)
    if not users:
        raise SlackError("no_user")
    for user in users:
        if user == call.caller.user_id:
            raise SlackError("cant_invite_self")
        if call.world.is_member(conversation.id, user):
            raise SlackError("already_in_channel")
    for user in users:
        call.world.join(conversation.id, user, inviter=call.caller.user_id)
    return {"channel": _json(call, conversation)}


def set_topic(call: Call) -> Json:
    """conversations.setTopic: of at most 250 characters, and with a message that says so."""
    conversation = joined(call)
    _only(conversation, "channel", "group", "mpim")
    topic = call.arguments.required("topic")
    if len(topic) > TOPIC_MOST:
        raise SlackError("too_long")
    set_by = {"topic_creator": call.caller.user_id, "topic_set": int(call.world.clock())}
    changed = call.world.change_conversation(conversation.id, topic=topic, **set_by)
    text = f"set the channel topic: {topic}" if topic else "cleared the channel topic"
    call.world.post(conversation.id, call.caller.user_id, text, subtype="channel_topic", extra={"topic": topic})
    return {"channel": _json(call, changed)}


def _json(call: Call, conversation: Conversation) -> Json:
    return conversation_json(call.world, conversation, call.caller.user_id)


def _users(call: Call) -> Sequence[str]:
    users = call.arguments.names("users")
    if any(user not in call.world.users for user in users):
        raise SlackError("user_not_found")
    return users


def _only(conversation: Conversation, *types: str) -> None:
    if conversation.type not in types:
        raise SlackError("method_not_supported_for_channel_type")
