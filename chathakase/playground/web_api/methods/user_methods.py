"""users.*, bots.*, team.*, auth.* and api.*: who is who."""

from __future__ import annotations

from chathakase.playground.socket_mode.payloads import bot_json, team_json, team_url, user_json
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.cursors import page_of
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json, User

LOCALE = "en-US"
"""Everybody's language here."""


def api_test(call: Call) -> Json:
    """api.test: gives the arguments back, or fails with `error` if that is among them."""
    arguments = call.arguments
    if error := arguments.text("error"):
        raise SlackError(error, args=dict(arguments.values))
    return {"args": dict(arguments.values)} if arguments.values else {}


def auth_test(call: Call) -> Json:
    """auth.test: whom the token stands for."""
    world, user_id = call.world, call.caller.user_id
    answer: Json = {
        "url": team_url(world.team),
        "team": world.team.name,
        "user": world.users[user_id].name,
        "team_id": world.team.id,
        "user_id": user_id,
    }
    if call.caller.type == "bot":
        answer["bot_id"] = call.app.bot_id
    if world.team.enterprise_id:
        answer["enterprise_id"] = world.team.enterprise_id
    return answer | {"is_enterprise_install": False}


def users_info(call: Call) -> Json:
    """users.info: one user, with `include_locale` in their language."""
    user = call.world.users.get(call.arguments.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _user(call, user)}


def users_list(call: Call) -> Json:
    """users.list: everybody, page by page."""
    users = list(call.world.users.values())
    page, metadata = page_of(call, users, [user.id for user in users], "user")
    return {
        "members": [_user(call, user) for user in page],
        "cache_ts": int(call.world.clock()),
        "response_metadata": metadata,
    }


def _user(call: Call, user: User) -> Json:
    """A user as the caller may see them: an address needs `users:read.email` (docs: reference/scopes)."""
    shown = user_json(call.world, user)
    if not user.is_bot and (call.caller.type == "user" or "users:read.email" in call.caller.scopes):
        shown["profile"]["email"] = f"{user.name}@{call.world.team.domain}.example"
    return shown | ({"locale": LOCALE} if call.arguments.flag("include_locale") else {})


def bots_info(call: Call) -> Json:
    """bots.info: an app's bot, if `bot` names one."""
    found = (app for app in call.world.apps.values() if app.bot_id == call.arguments.text("bot"))
    app = next(found, None)
    if app is None:
        raise SlackError("bot_not_found")
    return {"bot": bot_json(call.world, app)}


def team_info(call: Call) -> Json:
    """team.info: the workspace."""
    if call.arguments.text("team", call.world.team.id) != call.world.team.id:
        raise SlackError("team_not_found")
    return {"team": team_json(call.world)}
