"""The frames that tell the page what is in the workspace and what happens there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chathakase.playground.changes import (
    Change,
    ConversationChanged,
    EphemeralPosted,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    ReactionChanged,
    StatusSet,
)
from chathakase.playground.payloads import message_json
from chathakase.playground.values import Conversation, Json, Message
from chathakase.playground.world import World


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame for every page; one with the same `key` that still waits is replaced by it."""

    body: Json
    key: tuple[str, ...] | None = None


def frames_of(world: World, change: Change) -> Iterator[Frame]:
    """The frames that tell of one change."""
    match change:
        case MessagePosted() | MessageChanged() | ReactionChanged():
            yield from _message_frames(world, change.message)
        case MessageDeleted():
            gone = change.previous
            yield Frame({"type": "gone", "channel": gone.channel, "ts": gone.ts}, ("message", gone.channel, gone.ts))
            yield from _root_frame(world, gone)
        case EphemeralPosted():
            body: Json = {"type": "ephemeral", "channel": change.conversation.id, "to": change.to}
            yield Frame(body | {"message": page_message(world, change.message)})
        case ConversationChanged() | MemberJoined() | MemberLeft():
            body = {"type": "conversation", "conversation": page_conversation(world, change.conversation)}
            yield Frame(body, ("conversation", change.conversation.id))
        case StatusSet():
            yield status_frame(change)


def _message_frames(world: World, message: Message) -> Iterator[Frame]:
    body = {"type": "message", "channel": message.channel, "message": page_message(world, message)}
    yield Frame(body, ("message", message.channel, message.ts))
    yield from _root_frame(world, message)


def _root_frame(world: World, reply: Message) -> Iterator[Frame]:
    """The root of a reply, whose counts have changed with it."""
    root = world.timeline(reply.channel).get(reply.thread_ts) if reply.thread_ts else None
    if root is not None:
        yield from _message_frames(world, root)


def status_frame(change: StatusSet) -> Frame:
    """What the bot does under a thread."""
    body = {
        "type": "status",
        "channel": change.conversation.id,
        "thread_ts": change.thread_ts,
        "status": change.status,
        "loading_messages": list(change.loading_messages),
    }
    return Frame(body, ("status", change.conversation.id, change.thread_ts))


def page_message(world: World, message: Message) -> Json:
    """A message as the page gets it."""
    return message_json(world, message, with_metadata=True)


def page_conversation(world: World, conversation: Conversation) -> Json:
    """A conversation as the page gets it, with its members."""
    return {
        "id": conversation.id,
        "type": conversation.type,
        "name": conversation.name,
        "topic": conversation.topic,
        "purpose": conversation.purpose,
        "is_archived": conversation.is_archived,
        "members": list(world.members(conversation.id)),
    }
