"""agents.sessions.*: the sessions of an app that is an agent (docs: ai/agent-sessions)."""

from __future__ import annotations

from dataclasses import replace

from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import hidden
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.agent_sessions import STATUSES, WORKING, WORKING_SECONDS, AgentSession
from chathakase.playground.world.values import Json

TITLE_MOST = 200
NO_STOP = "missing_agent_session_stopped_event_subscription"


def set_status(call: Call) -> Json:
    """agents.sessions.setStatus: one of four states; a session is made where there is none."""
    place = _place(call)
    status = next((each for each in STATUSES if each == call.arguments.required("status")), None)
    if status is None:
        raise SlackError("invalid_status")
    known = call.world.sessions.get(place, AgentSession())
    title = _title(call) if call.arguments.has("title") else known.title
    call.world.sessions[place] = AgentSession(status, title)
    if status != "processing":
        call.world.set_status(*place, "")
        return {"status": status, "title": title}
    call.world.set_status(*place, WORKING, seconds=WORKING_SECONDS, stays=True, user=call.caller.user_id)
    return {"status": status, "title": title} | _warned(call)


def rename(call: Call) -> Json:
    """agents.sessions.rename: another title, where there is a session."""
    place = _place(call)
    session = call.world.sessions.get(place)
    if session is None:
        raise SlackError("session_not_found")
    call.world.sessions[place] = replace(session, title=_title(call))
    return {"title": call.world.sessions[place].title}


def _warned(call: Call) -> Json:
    """The warning for an app that nobody can stop, since it would not hear of it."""
    if call.world.features[call.app.id].can_be_stopped:
        return {}
    return {"warning": NO_STOP, "response_metadata": {"warnings": [NO_STOP]}}


def _title(call: Call) -> str:
    title = call.arguments.required("title")
    if not 1 <= len(title) <= TITLE_MOST:
        raise SlackError.invalid("invalid_arguments", f"must be 1 to {TITLE_MOST} characters: title")
    return title


def _place(call: Call) -> tuple[str, str]:
    """The channel and thread; `not_authorized` where the app is no member."""
    conversation = call.world.conversation(call.arguments.required("channel_id"))
    if conversation is None or hidden(call, conversation):
        raise SlackError("channel_not_found")
    if not call.world.is_member(conversation.id, call.caller.user_id):
        raise SlackError("not_authorized")
    if not call.arguments.text("thread_ts"):
        raise SlackError("thread_ts_required")
    if call.world.timeline(conversation.id).get(call.arguments.text("thread_ts")) is None:
        raise SlackError("invalid_thread_ts")
    return conversation.id, call.arguments.text("thread_ts")
