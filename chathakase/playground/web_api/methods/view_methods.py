"""views.*: modals and Home tabs."""

from __future__ import annotations

from chathakase.playground.content.view_checks import ViewType, checked_view
from chathakase.playground.socket_mode.payloads import view_json
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.views import OpenView


def open_view(call: Call) -> Json:
    """views.open: a modal for the one whose trigger it is."""
    body = _view(call, "modal")
    return _answer(call, call.world.modals.open(_person(call), body, call.app.id))


def push(call: Call) -> Json:
    """views.push: a modal on top of those that are open; `not_found` without one is a guess, as yet unmeasured."""
    body = _view(call, "modal")
    return _answer(call, call.world.modals.push(_person(call), body, call.app.id))


def update(call: Call) -> Json:
    """views.update: another content for the view named by `view_id` or `external_id`."""
    arguments = call.arguments
    if not (arguments.has("view_id") or arguments.has("external_id")):
        raise SlackError.invalid("invalid_arguments", "missing required field: view_id or external_id")
    known = call.world.modals.find(arguments.text("view_id"), arguments.text("external_id"), call.app.id)
    if known is None:
        raise SlackError("not_found")
    body = _view(call, "home" if known.body["type"] == "home" else "modal")
    _compare_hash(call, known)
    return _answer(call, call.world.modals.update(known, body))


def publish(call: Call) -> Json:
    """views.publish: a person's Home tab, if the app has one."""
    user = call.world.users.get(call.arguments.required("user_id"))
    if user is None or user.is_bot:
        raise SlackError.invalid("invalid_arguments", "invalid `user_id`")
    body = _view(call, "home")
    if not call.world.features[call.app.id].home_tab:
        raise SlackError("not_enabled")
    if (known := call.world.modals.homes.get((user.id, call.app.id))) is not None:
        _compare_hash(call, known)
    return _answer(call, call.world.modals.publish(user.id, body, call.app.id))


def _view(call: Call, kind: ViewType) -> Json:
    view = call.arguments.object("view", "invalid_arguments")
    if view is None:
        raise SlackError.invalid("invalid_arguments", "missing required field: view")
    return checked_view(view, kind)


def _person(call: Call) -> str:
    """Whose trigger it is, which is spent with that."""
    trigger = call.arguments.text("interactivity_pointer") or call.arguments.required("trigger_id")
    return call.world.triggers.spend(trigger, call.app.id)


def _compare_hash(call: Call, view: OpenView) -> None:
    given = call.arguments.text("hash")
    if given and given != view.hash:
        raise SlackError("hash_conflict")


def _answer(call: Call, view: OpenView) -> Json:
    return {"view": view_json(call.world, view)}
