"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

import uuid

from chathakase.playground.content.mrkdwn import rich_text
from chathakase.playground.socket_mode.payloads import message_json, team_url
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.content import Content, content_of
from chathakase.playground.web_api.methods.conversation_access import hidden, joined, message_in, visible
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.message_ts import is_ts
from chathakase.playground.world.values import Conversation, Edited, Json, Message

POST_TEXT_MOST = 40_000
"""Characters of text above which chat.postMessage cuts (its method page)."""
UPDATE_TEXT_MOST = 4_000
"""Characters of text above which chat.update refuses (its error table)."""


def post_message(call: Call) -> Json:
    """chat.postMessage: `channel` may be an id, a #name, or a user's id for the direct message with them."""
    conversation = _target(call)
    content = content_of(call.arguments)
    if content.is_empty:
        raise SlackError("no_text")
    answer: Json = {"channel": conversation.id}
    text = content.text or ""
    if len(text) > POST_TEXT_MOST:
        text = text[:POST_TEXT_MOST]
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    thread_ts, in_channel_too = thread_of(call, conversation)
    message = call.world.post(
        conversation.id,
        call.caller.user_id,
        text,
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and (in_channel_too or call.arguments.flag("reply_broadcast")),
        **_authored(call, content),
    )
    return answer | {"ts": message.ts, "message": message_json(call.world, message, with_metadata=True)}


def _target(call: Call) -> Conversation:
    """Where to post: membership is needed, except in a public channel with the scope chat:write.public."""
    name = call.arguments.required("channel")
    world = call.world
    conversation = world.conversation(name) or (world.conversation_named(name) if name else None)
    if name in world.users:
        conversation = world.open_direct((call.caller.user_id, name))
    if conversation is None or hidden(call, conversation):
        raise SlackError("channel_not_found")
    member = world.is_member(conversation.id, call.caller.user_id)
    if not member and "chat:write.public" not in call.caller.scopes:
        raise SlackError("not_in_channel")
    if conversation.is_archived:
        raise SlackError("is_archived")
    return conversation


def thread_of(call: Call, conversation: Conversation) -> tuple[str | None, bool]:
    """The root to reply to, and whether the reply stands in the channel as well.

    `invalid_thread_ts` is for what has no ts's form. As measured, a ts without a message silently un-threads the
    message (slack-go/slack#1571), and a reply's ts shows it in the thread and the channel (python-slack-sdk#1116).
    """
    arguments = call.arguments
    if not arguments.has("thread_ts"):
        return None, False
    thread_ts = arguments.text("thread_ts")
    if not is_ts(thread_ts):
        raise SlackError.invalid("invalid_thread_ts", f"{thread_ts} is not a valid thread_ts")
    parent = call.world.timeline(conversation.id).get(thread_ts)
    if parent is None:
        return None, False
    if parent.thread_ts is not None:
        return parent.thread_ts, True
    return thread_ts, False


def _authored(call: Call, content: Content) -> Json:
    """The fields of a message that depend on who writes: a person's client sends rich text and its own id."""
    fields: Json = {"attachments": content.attachments or (), "metadata": content.metadata or None}
    if call.caller.type == "bot":
        return fields | {"blocks": content.blocks or (), "bot_id": call.app.bot_id}
    blocks = content.blocks or ((rich_text(content.text),) if content.text else ())
    client_msg_id = call.arguments.text("client_msg_id") or str(uuid.uuid4())
    return fields | {"blocks": blocks, "client_msg_id": client_msg_id}


def update(call: Call) -> Json:
    """chat.update: a new text without blocks takes the old blocks away; one's own messages only."""
    conversation = visible(call)
    message = message_in(call, conversation, "ts")
    content = content_of(call.arguments)
    if content.is_empty and content.metadata is None:
        raise SlackError("no_text")
    if message.user != call.caller.user_id or message.subtype not in (None, "file_share"):
        raise SlackError("cant_update_message")
    if call.world.streams.get(conversation.id, message.ts) is not None:
        raise SlackError("streaming_state_conflict")
    if conversation.is_archived:
        raise SlackError("is_inactive")
    if not call.arguments.text("markdown_text") and len(content.text or "") > UPDATE_TEXT_MOST:
        raise SlackError("msg_too_long")
    changed = call.world.change(message, **_changes(call, message, content))
    return {
        "channel": conversation.id,
        "ts": changed.ts,
        "text": changed.text,
        "message": message_json(call.world, changed, with_metadata=True),
    }


def _changes(call: Call, message: Message, content: Content) -> Json:
    """The new values of a message; only a change of text alone shows as "(edited)"."""
    changes: Json = {}
    if content.text is not None:
        changes["text"] = content.text
    if content.blocks is not None:
        changes["blocks"] = content.blocks
    elif content.text is not None:
        changes["blocks"] = () if call.caller.type == "bot" else (rich_text(content.text),)
        changes["edited"] = Edited(call.caller.user_id, call.world.mint())
    if content.attachments is not None:
        changes["attachments"] = content.attachments
    if content.metadata is not None:
        changes["metadata"] = content.metadata or None
    if message.thread_ts and call.arguments.flag("reply_broadcast"):
        changes["broadcast"] = True
    return changes


def delete(call: Call) -> Json:
    """chat.delete: one's own messages, and everybody's for an admin's client."""
    conversation = visible(call)
    message = message_in(call, conversation, "ts")
    own = message.user == call.caller.user_id
    if not own and not call.world.users[call.caller.user_id].is_admin:
        raise SlackError("cant_delete_message")
    call.world.delete(message)
    return {"channel": conversation.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: a message that only `user` sees, and that is kept nowhere.

    In a thread it is shown only if that has replies (its method page: "if there is already an active thread").
    """
    conversation = joined(call)
    user = call.arguments.required("user")
    if not call.world.is_member(conversation.id, user):
        raise SlackError("user_not_in_channel")
    content = content_of(call.arguments)
    if content.is_empty:
        raise SlackError("no_text")
    thread_ts, _ = thread_of(call, conversation)
    if thread_ts is not None and call.world.timeline(conversation.id).thread(thread_ts) is None:
        return {"message_ts": call.world.mint()}
    message = call.world.post_ephemeral(
        conversation.id,
        user,
        call.caller.user_id,
        content.text or "",
        thread_ts=thread_ts,
        **_authored(call, content),
    )
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    """chat.getPermalink: the address of a message, within its thread if it is a reply."""
    conversation = visible(call)
    message = message_in(call, conversation, "message_ts")
    path = f"archives/{conversation.id}/p{message.ts.replace('.', '')}"
    query = f"?thread_ts={message.thread_ts}&cid={conversation.id}" if message.thread_ts else ""
    return {"channel": conversation.id, "permalink": f"{team_url(call.world.team)}{path}{query}"}
