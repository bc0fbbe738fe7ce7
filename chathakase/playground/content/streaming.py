"""Native streams in the world: a message that grows until somebody or something ends it.

The app is told of the first version and of the last one, not of those between; what Slack sends is unmeasured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from chathakase.playground.content.mrkdwn import as_stored
from chathakase.playground.content.stream_blocks import grown, length_of, text_of
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.agent_sessions import AgentSession, SessionStatus
from chathakase.playground.world.streams import NativeStream, StreamEnd, TaskMode
from chathakase.playground.world.values import App, Json, Message
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import SessionStopped

IN_PROGRESS, COMPLETED = {"streaming_state": "in_progress"}, {"streaming_state": "completed"}


def start_stream(
    world: World, app: App, channel: str, thread_ts: str, chunks: Sequence[Json], mode: TaskMode
) -> Message:
    """Post the message of a new stream, which ends by itself after its time; its session is at work from now on."""
    length, size = _checked_length(world, (0, 0), chunks)
    blocks = grown((), chunks, mode)
    message = world.post(
        channel,
        app.user_id,
        as_stored(text_of(blocks)),
        thread_ts=thread_ts,
        blocks=blocks,
        bot_id=app.bot_id,
        extra=IN_PROGRESS,
    )
    stream = NativeStream(channel, message.ts, thread_ts, mode, length, size)
    world.streams.put(stream)
    _set_session(world, message, "processing")
    asyncio.get_running_loop().call_later(world.streams.seconds, end_stream, world, stream, "expired")
    return message


def grow_stream(world: World, stream: NativeStream, chunks: Sequence[Json]) -> None:
    """Let a stream's message grow; `msg_too_long` above its total."""
    length, size = _checked_length(world, (stream.length, stream.size), chunks)
    message = _message(world, stream)
    blocks = grown(message.blocks, chunks, stream.mode)
    world.streams.put(replace(stream, length=length, size=size))
    world.change(message, progress=True, blocks=blocks, text=as_stored(text_of(blocks)))


def finish_stream(
    world: World, stream: NativeStream, blocks: tuple[Json, ...], metadata: Json | None, status: SessionStatus
) -> Message:
    """End a stream with blocks at the bottom of its message."""
    message = _message(world, stream)
    world.streams.end(stream, "finished")
    _set_session(world, message, status)
    return world.change(message, blocks=(*message.blocks, *blocks), metadata=metadata, extra=COMPLETED)


def end_stream(world: World, stream: NativeStream, how: StreamEnd) -> None:
    """End a stream, unless it has ended already, with what its message has so far; Stop leaves the session as it is."""
    message = world.timeline(stream.channel).get(stream.ts)
    if world.streams.end(stream, how) and message is not None:
        if how != "stopped":
            _set_session(world, message, "active")
        world.change(message, extra=COMPLETED)


def stop_session(world: World, channel: str, thread_ts: str, user: str) -> bool:
    """A person presses Stop in a thread; False where the app is not at work.

    The streams end at once, but the session and its status only when the app says so (docs: ai/agent-sessions).
    """
    conversation, streams = world.conversation(channel), world.streams.within(channel, thread_ts)
    session = world.sessions.get((channel, thread_ts), AgentSession())
    if conversation is None or not (streams or session.status == "processing"):
        return False
    for stream in streams:
        end_stream(world, stream, "stopped")
    stopped = tuple(stream.ts for stream in streams)
    app_id = world.app_of(_message(world, streams[0]).bot_id).id if streams else ""
    world.tell(SessionStopped(conversation, thread_ts, stopped, user, world.mint(), app_id))
    return True


def _message(world: World, stream: NativeStream) -> Message:
    message = world.timeline(stream.channel).get(stream.ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


def _checked_length(world: World, so_far: tuple[int, int], chunks: Sequence[Json]) -> tuple[int, int]:
    more = length_of(chunks)
    length, size = so_far[0] + more[0], so_far[1] + more[1]
    if length > world.streams.text_most or size > world.streams.bytes_most:
        raise SlackError("msg_too_long")
    return length, size


def _set_session(world: World, message: Message, status: SessionStatus) -> None:
    place = (message.channel, message.thread_ts or message.ts)
    world.sessions[place] = replace(world.sessions.get(place, AgentSession()), status=status)
    if status != "processing" and world.statuses.get(*place):
        world.set_status(*place, "")
