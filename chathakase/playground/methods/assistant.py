"""assistant.*: what the bot shows while it works."""

from __future__ import annotations

from chathakase.playground.errors import SlackError
from chathakase.playground.methods.access import hidden
from chathakase.playground.methods.call import Call
from chathakase.playground.values import Json

LOADING_MESSAGES_MOST = 10


def set_status(call: Call) -> Json:
    """assistant.threads.setStatus: "is thinking…" under a thread; an empty status clears it."""
    arguments = call.arguments
    conversation = call.world.conversation(arguments.required("channel_id"))
    thread_ts, status = arguments.required("thread_ts"), arguments.required("status")
    if conversation is None or hidden(call, conversation):
        raise SlackError("channel_not_found", detail="Invalid channel_id")
    if not call.world.is_member(conversation.id, call.caller.user_id):
        raise SlackError("not_in_channel")
    if call.world.timeline(conversation.id).get(thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    loading = arguments.names("loading_messages")
    if len(loading) > LOADING_MESSAGES_MOST:
        raise SlackError.invalid("invalid_arguments", "no more than 10 items allowed: loading_messages")
    call.world.set_status(conversation.id, thread_ts, status, loading)
    return {}
