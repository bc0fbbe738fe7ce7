"""Where an interaction happens: in a message, in one that only one person sees, or in a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chathakase.playground.interactivity.payload import place
from chathakase.playground.page_server.deeds import Ask
from chathakase.playground.socket_mode.payloads import message_json, view_json
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Json, Message
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class InteractionContainer:
    """A message or a view, and whether the message is ephemeral."""

    message: Message | None = None
    view: OpenView | None = None
    ephemeral: bool = False

    @property
    def blocks(self) -> Sequence[Json]:
        """The blocks that stand there, those of attachments included."""
        if self.view is not None:
            return list(self.view.body["blocks"])
        if self.message is None:
            return ()
        return [*self.message.blocks, *(block for each in self.message.attachments for block in each.get("blocks", ()))]


def app_of(world: World, surface: InteractionContainer) -> App:
    """The app whose message or view it is."""
    if surface.view is not None:
        return world.apps.get(surface.view.app_id, world.app)
    return world.app_of(surface.message.bot_id if surface.message else None)


def surface_of(world: World, ask: Ask) -> InteractionContainer:
    """What `view_id`, or `channel` and `ts`, name; `message_not_found` and `view_not_found`."""
    if view_id := ask.arguments.text("view_id"):
        view = world.modals.find(view_id)
        if view is None or view.user != ask.user.id:
            raise SlackError("view_not_found")
        return InteractionContainer(view=view)
    channel, ts = ask.text("channel"), ask.text("ts")
    if ephemeral := world.ephemerals.get(channel, ts):
        if ephemeral.to == ask.user.id:
            return InteractionContainer(ephemeral.message, ephemeral=True)
        raise SlackError("message_not_found")
    return InteractionContainer(visible_message(world, ask.user.id, channel, ts))


def visible_message(world: World, user: str, channel: str, ts: str) -> Message:
    """A message that this person may see; `message_not_found`."""
    conversation = world.conversation(channel)
    if conversation is None or (conversation.type != "channel" and not world.is_member(channel, user)):
        raise SlackError("message_not_found")
    message = world.timeline(channel).get(ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


def surface_json(world: World, surface: InteractionContainer) -> Json:
    """The surface's part of a payload; an ephemeral message is not given itself."""
    if surface.view is not None:
        return {
            "container": {"type": "view", "view_id": surface.view.id},
            "view": view_json(world, surface.view),
        }
    message = surface.message
    conversation = world.conversation(message.channel) if message else None
    if message is None or conversation is None:
        return {}
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": surface.ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body: Json = {"container": container, "channel": place(conversation)}
    return body if surface.ephemeral else body | {"message": message_json(world, message)}
