"""A world as records, and a world from records."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace

from chathakase.playground.content.streaming import COMPLETED, IN_PROGRESS
from chathakase.playground.persistence.workspace_file import Key
from chathakase.playground.world.agent_sessions import AgentSession
from chathakase.playground.world.values import App, Conversation, Edited, Json, Message, Reaction, Team, User
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.workspace_files import File
from chathakase.playground.world.world import World

WORLD: Key = ("workspace", "")
TOKENS: Key = ("tokens", "")
_TUPLES = ("blocks", "attachments", "files")


def world_record(world: World) -> Json:
    """What seldom changes: the workspace, the apps and the users."""
    return {
        "team": asdict(world.team),
        "apps": [asdict(app) for app in world.apps.values()],
        "users": [asdict(user) for user in world.users.values()],
    }


def conversation_record(world: World, conversation: Conversation) -> Json:
    """A conversation with its members and its place among the others."""
    place = [each.id for each in world.conversations()].index(conversation.id)
    return {"place": place, "conversation": asdict(conversation), "members": list(world.members(conversation.id))}


def message_key(message: Message) -> Key:
    """Where a message is kept; keys of one kind sort by time."""
    return "message", f"{message.ts} {message.channel}"


def message_record(message: Message) -> Json:
    """A message."""
    return asdict(message)


def world_of(
    records: Mapping[Key, Json], contents: Mapping[str, bytes], clock: Callable[[], float] = time.time
) -> World:
    """The world in the records; KeyError, TypeError or ValueError if they do not fit together."""
    about = records[WORLD]
    users = [User(**user) for user in about["users"]]
    # There was one app only, once.
    apps = [App(**app) for app in about.get("apps") or [about["app"]]]
    world = World(Team(**about["team"]), apps, users, clock=clock)
    for body in sorted(_bodies(records, "conversation"), key=lambda body: int(body["place"])):
        world.add_conversation(Conversation(**body["conversation"]), body["members"])
    for body in _bodies(records, "message"):
        message = _message(body)
        world.timeline(message.channel).put(message)
        world.mint.pass_by(message.ts)
    for body in _bodies(records, "file"):
        file = File(**body | {"channels": tuple(body["channels"])})
        world.files.put(file, contents[file.id])
    for body in _bodies(records, "home"):
        view = OpenView(**body)
        world.modals.homes[view.user, view.app_id or world.app.id] = view
    for body in _bodies(records, "session"):
        world.sessions[body["channel"], body["thread_ts"]] = AgentSession(**body["session"])
    return world


def _bodies(records: Mapping[Key, Json], wanted: str) -> Iterator[Json]:
    return (body for (kind, _), body in records.items() if kind == wanted)


def _message(body: Json) -> Message:
    """A message; a stream that was open when the workspace closed has ended."""
    values = body | {name: tuple(body[name]) for name in _TUPLES}
    values["reactions"] = tuple(Reaction(each["name"], tuple(each["users"])) for each in body["reactions"])
    values["edited"] = Edited(**body["edited"]) if body["edited"] else None
    message = Message(**values)
    return replace(message, extra=COMPLETED) if message.extra == IN_PROGRESS else message
