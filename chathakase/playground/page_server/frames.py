"""The frames that tell the page what is in the workspace and what happens there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chathakase.playground.socket_mode.payloads import message_json, view_json
from chathakase.playground.world.ephemerals import Ephemeral
from chathakase.playground.world.values import Conversation, Json, Message
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import (
    Change,
    ConversationChanged,
    EphemeralGone,
    EphemeralPosted,
    HomePublished,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    PromptsSet,
    ReactionChanged,
    StatusSet,
    ViewShown,
)


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
            yield Frame({"type": "ephemeral", **page_ephemeral(world, Ephemeral(change.to, change.message))})
        case EphemeralGone():
            body: Json = {"type": "ephemeral_gone", "channel": change.conversation.id}
            yield Frame(body | {"to": change.to, "ts": change.ts})
        case ConversationChanged() | MemberJoined() | MemberLeft():
            body = {"type": "conversation", "conversation": page_conversation(world, change.conversation)}
            yield Frame(body, ("conversation", change.conversation.id))
        case StatusSet():
            yield status_frame(change)
        case PromptsSet():
            yield prompts_frame(change)
        case ViewShown():
            view = view_json(world, change.view)
            yield Frame({"type": "view", "user": change.user, "do": change.action, "view": view})
        case HomePublished():
            yield home_frame(world, change.user, change.view)


def _message_frames(world: World, message: Message) -> Iterator[Frame]:
    body = {"type": "message", "channel": message.channel, "message": page_message(world, message)}
    yield Frame(body, ("message", message.channel, message.ts))
    yield from _root_frame(world, message)


def _root_frame(world: World, reply: Message) -> Iterator[Frame]:
    """The root of a reply, whose counts have changed with it."""
    root = world.timeline(reply.channel).get(reply.thread_ts) if reply.thread_ts else None
    if root is not None:
        yield from _message_frames(world, root)


def home_frame(world: World, user: str, view: OpenView) -> Frame:
    """What a person sees on the Home tab of an app."""
    return Frame({"type": "home", "user": user, "view": view_json(world, view)}, ("home", user, view.app_id))


def status_frame(change: StatusSet) -> Frame:
    """What the bot does under a thread."""
    body = {
        "type": "status",
        "channel": change.conversation.id,
        "thread_ts": change.thread_ts,
        "status": change.status,
        "user": change.user,
        "loading_messages": list(change.loading_messages),
    }
    return Frame(body, ("status", change.conversation.id, change.thread_ts))


def prompts_frame(change: PromptsSet) -> Frame:
    """What the bot suggests to say."""
    body: Json = {"type": "prompts", "channel": change.conversation.id, "title": change.title}
    if change.thread_ts is not None:
        body["thread_ts"] = change.thread_ts
    return Frame(body | {"prompts": list(change.prompts)}, ("prompts", change.conversation.id, change.thread_ts or ""))


def page_ephemeral(world: World, shown: Ephemeral) -> Json:
    """An ephemeral message as the page gets it."""
    return {"channel": shown.message.channel, "to": shown.to, "message": page_message(world, shown.message)}


def page_message(world: World, message: Message) -> Json:
    """A message as the page gets it."""
    shown = message_json(world, message, with_metadata=True)
    return shown | {"streaming": True} if message.extra.get("streaming_state") == "in_progress" else shown


def page_conversation(world: World, conversation: Conversation) -> Json:
    """A conversation as the page gets it, with its members."""
    return {
        "id": conversation.id,
        "type": conversation.type,
        "name": conversation.name,
        "topic": conversation.topic,
        "purpose": conversation.purpose,
        "is_archived": conversation.is_archived,
        "members": [each for each in world.members(conversation.id) if not world.users[each].deleted],
    }
