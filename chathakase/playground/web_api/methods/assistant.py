"""assistant.*: what the bot shows while it works, and what it suggests to say.

These are the older names for what agent sessions do now; setting a status or a title makes a session (docs:
ai/agent-sessions, "bridge").
"""

from __future__ import annotations

from dataclasses import replace

from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import hidden
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.agent_sessions import AgentSession
from chathakase.playground.world.values import Conversation, Json
from chathakase.playground.world.world_changes import PromptsSet

LOADING_MESSAGES_MOST = 10
PROMPTS_MOST = 4


def set_status(call: Call) -> Json:
    """assistant.threads.setStatus: "is thinking…" under a thread; an empty status clears it."""
    arguments = call.arguments
    conversation, thread_ts, status = _conversation(call), _thread(call), arguments.required("status")
    loading = arguments.names("loading_messages")
    if len(loading) > LOADING_MESSAGES_MOST:
        raise SlackError.invalid("invalid_arguments", "no more than 10 items allowed: loading_messages")
    place = (conversation.id, thread_ts)
    known = call.world.sessions.get(place, AgentSession())
    call.world.sessions[place] = replace(known, status="processing" if status else "active")
    user = call.caller.user_id
    call.world.set_status(conversation.id, thread_ts, status, loading_messages=tuple(loading), user=user)
    return {}


def set_title(call: Call) -> Json:
    """assistant.threads.setTitle: what the thread is called in the app's list."""
    conversation, thread_ts = _conversation(call), _thread(call)
    place = (conversation.id, thread_ts)
    known = call.world.sessions.get(place, AgentSession())
    call.world.sessions[place] = replace(known, title=call.arguments.required("title"))
    return {}


def set_suggested_prompts(call: Call) -> Json:
    """assistant.threads.setSuggestedPrompts: up to four; without `thread_ts` for the direct message itself."""
    conversation = _conversation(call)
    thread_ts = _thread(call) if call.arguments.text("thread_ts") else None
    prompts = call.arguments.objects("prompts", "invalid_arguments")
    if not prompts:
        raise SlackError.invalid("invalid_arguments", "missing required field: prompts")
    if len(prompts) > PROMPTS_MOST:
        raise SlackError.invalid("invalid_arguments", f"no more than {PROMPTS_MOST} items allowed: prompts")
    if not all(isinstance(each.get("title"), str) and isinstance(each.get("message"), str) for each in prompts):
        raise SlackError.invalid("invalid_arguments", "a prompt needs a title and a message: prompts")
    call.world.tell(PromptsSet(conversation, thread_ts, call.arguments.text("title"), tuple(prompts)))
    return {}


def _conversation(call: Call) -> Conversation:
    conversation = call.world.conversation(call.arguments.required("channel_id"))
    if conversation is None or hidden(call, conversation):
        raise SlackError("channel_not_found", detail="Invalid channel_id")
    if not call.world.is_member(conversation.id, call.caller.user_id):
        raise SlackError("not_in_channel")
    return conversation


def _thread(call: Call) -> str:
    thread_ts = call.arguments.required("thread_ts")
    if call.world.timeline(_conversation(call).id).get(thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    return thread_ts
