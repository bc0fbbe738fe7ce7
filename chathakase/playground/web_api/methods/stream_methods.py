"""chat.startStream, chat.appendStream and chat.stopStream."""

from __future__ import annotations

from collections.abc import Sequence

from chathakase.playground.content.block_checks import checked_blocks
from chathakase.playground.content.streaming import finish_stream, grow_stream, start_stream
from chathakase.playground.socket_mode.payloads import message_json
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.content import MARKDOWN_TEXT_MOST, metadata_of
from chathakase.playground.web_api.methods.conversation_access import joined, message_in
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.agent_sessions import STATUSES
from chathakase.playground.world.message_ts import is_ts
from chathakase.playground.world.streams import NativeStream
from chathakase.playground.world.values import Conversation, Json


def start(call: Call) -> Json:
    """chat.startStream: a reply in a thread; outside a direct message it needs to know for whom it streams."""
    conversation = joined(call)
    thread_ts = _root(call, conversation)
    if conversation.type != "im":
        _check_recipient(call)
    mode = call.arguments.text("task_display_mode", "timeline")
    if mode not in ("timeline", "plan"):
        raise SlackError.invalid("invalid_arguments", "must be timeline or plan: task_display_mode")
    message = start_stream(
        call.world, call.app, conversation.id, thread_ts, _chunks(call), "plan" if mode == "plan" else "timeline"
    )
    return {"channel": conversation.id, "ts": message.ts}


def append(call: Call) -> Json:
    """chat.appendStream: more of the message."""
    stream = _stream(call)
    chunks = _chunks(call)
    if not chunks:
        raise SlackError("no_text")
    grow_stream(call.world, stream, chunks)
    return {"channel": stream.channel, "ts": stream.ts}


def stop(call: Call) -> Json:
    """chat.stopStream: the last of the message, and blocks at its bottom."""
    stream = _stream(call)
    status = next((each for each in STATUSES if each == call.arguments.text("session_status", "active")), None)
    if status is None:
        raise SlackError("invalid_status")
    blocks = checked_blocks(call.arguments.objects("blocks", "invalid_blocks_format") or ())
    metadata = metadata_of(call.arguments)
    if chunks := _chunks(call):
        grow_stream(call.world, stream, chunks)
    message = finish_stream(call.world, stream, blocks, metadata or None, status)
    shown = message_json(call.world, message, with_metadata=True)
    return {"channel": stream.channel, "ts": stream.ts, "message": shown}


def _root(call: Call, conversation: Conversation) -> str:
    """The thread's root; `invalid_thread_ts` also where there is none, since only replies are streamed."""
    thread_ts = call.arguments.text("thread_ts")
    parent = call.world.timeline(conversation.id).get(thread_ts) if is_ts(thread_ts) else None
    if parent is None:
        raise SlackError("invalid_thread_ts")
    return parent.thread_ts or parent.ts


def _check_recipient(call: Call) -> None:
    user, team = call.arguments.text("recipient_user_id"), call.arguments.text("recipient_team_id")
    if not user:
        raise SlackError("missing_recipient_user_id")
    if not team:
        raise SlackError("missing_recipient_team_id")
    if user not in call.world.users:
        raise SlackError("user_not_found")
    if team != call.world.team.id:
        raise SlackError("team_not_found")


def _stream(call: Call) -> NativeStream:
    conversation = joined(call)
    message = message_in(call, conversation, "ts")
    if message.user != call.caller.user_id:
        raise SlackError("message_not_owned_by_app")
    return call.world.streams.expect(conversation.id, message.ts)


def _chunks(call: Call) -> Sequence[Json]:
    """What is to be added: `markdown_text`, of at most 12,000 characters, and `chunks`."""
    markdown = call.arguments.text("markdown_text")
    if len(markdown) > MARKDOWN_TEXT_MOST:
        raise SlackError("msg_too_long")
    chunks = call.arguments.objects("chunks", "invalid_chunks") or ()
    return [*([{"type": "markdown_text", "text": markdown}] if markdown else []), *chunks]
