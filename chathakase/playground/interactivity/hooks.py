"""`response_url`: where the app answers an interaction, without a token and without being a member.

A URL takes five answers within thirty minutes (docs: interactivity/handling-user-interaction#message_responses). Slack
refuses further ones with `used_url` and `expired_url`; the status 404 is unmeasured.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.interactivity.responses import respond
from chathakase.playground.journal import ApiCall, Journal
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.world import World

USES_MOST = 5
HOOK_SECONDS = 1_800.0


@dataclass(slots=True)
class Hook:
    """One app's URL: the conversation and person it answers, and the message it stands on (`ts`), if any."""

    app: App
    channel: str
    user: str
    ts: str
    expires: float
    uses: int = 0


class Hooks:
    """All response URLs, whose uses stand in the journal as calls of `response_url`."""

    def __init__(
        self, world: World, journal: Journal, addresses: ServerAddresses, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._world = world
        self._journal = journal
        self._clock = clock
        self._hooks: dict[str, Hook] = {}
        self._addresses = addresses

    def url(self, app: App, channel: str, user: str, ts: str = "", *, kind: str = "actions") -> str:
        """A new URL; `ts` is that of the message, ephemeral or not, that was acted on."""
        key = secrets.token_urlsafe(18)
        self._hooks[key] = Hook(app, channel, user, ts, self._clock() + HOOK_SECONDS)
        return f"{self._addresses.base}/hooks/{kind}/{self._world.team.id}/{key}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one answer of the app."""
        began, status, caller = time.perf_counter(), 200, ""
        values: Json = {}
        answer: Json = {"ok": True}
        try:
            hook = self._used(request.match_info["key"])
            values = await _body(request)
            caller = hook.app.user_id
            respond(self._world, hook.app, hook.channel, hook.user, hook.ts, Arguments(values))
        except SlackError as error:
            answer = error.answer()
            status = 404 if error.code in ("no_active_hooks", "used_url", "expired_url") else 400
        at, seconds = self._world.clock(), time.perf_counter() - began
        self._journal.write(ApiCall(at, "response_url", values, caller, status, answer, seconds))
        return web.json_response(answer, status=status)

    def _used(self, key: str) -> Hook:
        """The hook, with one use more; `no_active_hooks`, `expired_url` or `used_url`."""
        hook = self._hooks.get(key)
        if hook is None:
            raise SlackError("no_active_hooks")
        if self._clock() > hook.expires:
            raise SlackError("expired_url")
        if hook.uses >= USES_MOST:
            raise SlackError("used_url")
        hook.uses += 1
        return hook


async def _body(request: web.Request) -> Json:
    try:
        values = json.loads(await request.read())
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(values, dict):
        raise SlackError("invalid_payload")
    return values
