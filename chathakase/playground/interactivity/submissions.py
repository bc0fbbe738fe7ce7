"""Modals that are submitted and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chathakase.playground.content.view_checks import checked_view
from chathakase.playground.interactivity.choices import errors_in, state_of
from chathakase.playground.interactivity.clicks import acknowledged
from chathakase.playground.interactivity.payload import interaction
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.socket_mode.payloads import view_json
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world import World


class Submissions:
    """Does with a modal what the app's acknowledgement says (`response_action`)."""

    def __init__(self, world: World, links: Links) -> None:
        self._world = world
        self._links = links

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"submit": self.submit, "close": self.close}

    async def submit(self, ask: Ask) -> Json:
        """Submit what was entered; the errors, by block, that Slack's client or the app finds."""
        view = self._modal(ask)
        given = ask.arguments.object("values", "invalid_arguments") or {}
        values = state_of(view.body["blocks"], given)
        if errors := errors_in(view.body["blocks"], values):
            return {"errors": errors}
        view = self._world.modals.enter(view, values)
        payload = interaction(self._world, self._app(view), ask.user, "view_submission")
        trigger_id = self._world.triggers.issue(ask.user.id, view.app_id)
        payload |= {"trigger_id": trigger_id, "view": view_json(self._world, view), "response_urls": []}
        ack = await acknowledged(self._links, payload)
        try:
            return self._follow(view, ack.payload)
        except SlackError as error:
            raise SlackError("invalid_response", detail=f"{error.code} {error.details or ''}".strip()) from None

    def _follow(self, view: OpenView, payload: Any) -> Json:
        """Do what the acknowledgement says: without a response_action the modal closes, if it has not meanwhile."""
        modals = self._world.modals
        if modals.find(view.id) is None:
            return {}
        action = payload.get("response_action") if isinstance(payload, dict) else None
        match action:
            case None:
                modals.close(view)
            case "errors":
                return {"errors": _errors(payload)}
            case "clear":
                modals.close(view, clear=True)
            case "update":
                modals.update(view, checked_view(_view(payload), "modal"))
            case "push":
                modals.push(view.user, checked_view(_view(payload), "modal"), view.app_id)
            case _:
                raise SlackError("invalid_response_action")
        return {}

    async def close(self, ask: Ask) -> Json:
        """Close the modal, or with `clear` all of the stack; the app hears of it if it wants to."""
        view, clear = self._modal(ask), ask.arguments.flag("clear")
        self._world.modals.close(view, clear=clear)
        if view.notifies:
            payload = interaction(self._world, self._app(view), ask.user, "view_closed")
            payload |= {"view": view_json(self._world, view), "is_cleared": clear}
            await self._links.deliver("interactive", payload, accepts_response=True)
        return {}

    def _app(self, view: OpenView) -> App:
        return self._world.apps.get(view.app_id, self._world.app)

    def _modal(self, ask: Ask) -> OpenView:
        view = self._world.modals.find(ask.text("view_id"))
        if view is None or view.user != ask.user.id or not self._world.modals.is_top(view):
            raise SlackError("view_not_found")
        return view


def _view(payload: Json) -> Json:
    view = payload.get("view")
    if not isinstance(view, dict):
        raise SlackError("missing_view")
    return view


def _errors(payload: Json) -> Json:
    errors = payload.get("errors")
    if not isinstance(errors, dict) or not errors:
        raise SlackError("missing_errors")
    return errors
