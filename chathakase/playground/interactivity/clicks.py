"""Clicks and choices (`block_actions`), and options that the app gives while a person types (`block_suggestion`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chathakase.playground.content.block_ids import element_at
from chathakase.playground.interactivity.choices import chosen, state_of
from chathakase.playground.interactivity.container import InteractionContainer, app_of, surface_json, surface_of
from chathakase.playground.interactivity.hooks import Hooks
from chathakase.playground.interactivity.payload import interaction
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.envelope_sender import Ack
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World

OPTIONS_MOST = 100
"""Options, or groups of them, in an answer to block_suggestion."""


class Clicks:
    """What people press and choose in messages, modals and Home tabs."""

    def __init__(self, world: World, links: Links, hooks: Hooks) -> None:
        self._world = world
        self._links = links
        self._hooks = hooks

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"act": self.act, "suggest": self.suggest}

    async def act(self, ask: Ask) -> Json:
        """Press or choose something; `not_acknowledged` after three seconds."""
        surface = surface_of(self._world, ask)
        app = app_of(self._world, surface)
        given = ask.arguments.object("action", "invalid_arguments") or {}
        action = _action(self._world, surface, given)
        state = _given_state(ask)
        if surface.view is not None:
            entered = state_of(surface.blocks, state)
            surface = InteractionContainer(view=self._world.modals.enter(surface.view, entered))
        payload = interaction(self._world, app, ask.user, "block_actions") | surface_json(self._world, surface)
        payload |= {"trigger_id": self._world.triggers.issue(ask.user.id, app.id), "actions": [action]}
        message = surface.message
        if message is not None:
            payload["state"] = {"values": state_of(surface.blocks, state)}
            payload["response_url"] = self._hooks.url(app, message.channel, ask.user.id, message.ts)
        await acknowledged(self._links, payload)
        return {}

    async def suggest(self, ask: Ask) -> Json:
        """The options that the app has for what was typed so far."""
        surface = surface_of(self._world, ask)
        block_id, action_id = ask.text("block_id"), ask.text("action_id")
        found = element_at(surface.blocks, block_id, action_id)
        if found is None or not str(found[1]["type"]).endswith("external_select"):
            raise SlackError("action_not_found")
        payload = interaction(self._world, app_of(self._world, surface), ask.user, "block_suggestion") | surface_json(
            self._world, surface
        )
        payload |= {"block_id": block_id, "action_id": action_id, "value": ask.arguments.text("value")}
        return _options((await acknowledged(self._links, payload)).payload)


async def acknowledged(links: Links, payload: Json) -> Ack:
    """Send an interaction to its app; `not_acknowledged` if it is not taken in time."""
    ack = await links.deliver("interactive", payload, accepts_response=True)
    if ack is None:
        raise SlackError("not_acknowledged", detail="The app has not acknowledged it within three seconds.")
    return ack


def _action(world: World, surface: InteractionContainer, given: Json) -> Json:
    """The `actions[0]` of a payload; what stands in the element comes from there and not from the page."""
    block_id, action_id = str(given.get("block_id")), str(given.get("action_id"))
    found = element_at(surface.blocks, block_id, action_id)
    if found is None:
        raise SlackError("action_not_found")
    block, element = found
    if block.get("type") == "input" and not block.get("dispatch_action"):
        raise SlackError("action_not_dispatched", detail="The block has no dispatch_action.")
    fields = chosen(element, given)
    if fields is None:
        raise SlackError("option_not_found")
    ids = {"type": element["type"], "action_id": action_id, "block_id": block_id}
    return ids | fields | {"action_ts": world.mint()}


def _given_state(ask: Ask) -> Mapping[str, Json]:
    state = ask.arguments.object("state", "invalid_arguments") or {}
    values = state.get("values", state)
    return values if isinstance(values, dict) else {}


def _options(payload: Any) -> Json:
    """The options in an acknowledgement."""
    for name in ("options", "option_groups"):
        options = payload.get(name) if isinstance(payload, dict) else None
        if isinstance(options, list):
            return {name: options[:OPTIONS_MOST]}
    raise SlackError("invalid_response", detail="The app has given no options.")
