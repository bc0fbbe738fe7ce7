"""The Web API's door: reads a call, finds out who calls, meets limits and trouble, and answers as Slack does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.content.reading import Reading, read_call
from chathakase.playground.errors import SlackError
from chathakase.playground.faults import Faults, Trouble
from chathakase.playground.journal import ApiCall, Journal
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.limits import Limits
from chathakase.playground.web_api.methods.call import Call, Method
from chathakase.playground.web_api.tokens import Caller, Tokens
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered over HTTP; status 0 stands for a connection that breaks instead."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] | None = None


class WebApi:
    """All methods over HTTP; with `limit_people` the rate limits hold for people's clients as well."""

    def __init__(
        self,
        world: World,
        tokens: Tokens,
        methods: Mapping[str, Method],
        limits: Limits,
        faults: Faults,
        journal: Journal,
        *,
        limit_people: bool = False,
    ) -> None:
        self._world = world
        self._tokens = tokens
        self._methods = methods
        self._limits = limits
        self._faults = faults
        self._journal = journal
        self._limit_people = limit_people

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        reading = await read_call(request)
        caller = self._tokens.identify(reading.token) if reading.token else None
        reply = await self._answered(request.match_info["method"], reading, caller)
        if reply.status == 0 and request.transport is not None:
            request.transport.abort()
        return _response(reply, caller)

    async def act(self, user_id: str, method: str, arguments: Json) -> Json:
        """The answer to a call of a person's own client that needs no HTTP; SlackError where it is refused."""
        reply = await self._answered(method, Reading("", arguments), Caller("user", user_id, frozenset()))
        if not reply.body.get("ok"):
            details = {name: value for name, value in reply.body.items() if name not in ("ok", "error")}
            raise SlackError(str(reply.body.get("error")), **details)
        return reply.body

    async def _answered(self, name: str, reading: Reading, caller: Caller | None) -> Reply:
        """The answer to one call, which is noted in the journal."""
        began = time.perf_counter()
        try:
            reply = await self._reply(name, reading, caller)
        except SlackError as error:
            reply = Reply(error.answer())
        reply = _with_warnings(reply, reading)
        self._note(name, reading, caller, reply, time.perf_counter() - began)
        return reply

    async def _reply(self, name: str, reading: Reading, caller: Caller | None) -> Reply:
        if reading.error is not None:
            raise reading.error
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if method.post_only and not reading.posted:
            raise SlackError("insecure_request")
        call = Call(self._world, _admitted(method, reading, caller), Arguments(reading.values))
        if method.scopes:
            call.need_scope(*method.scopes)
        trouble = Trouble() if call.caller.type == "user" else self._faults.next_for(name)
        if (refused := await _meet(trouble)) is not None:
            return refused
        if call.caller.type == "bot" or self._limit_people:
            wait = self._limits.retry_after(name, method.tier, self._channel_id(call))
            if wait:
                return _ratelimited(wait)
        answer = {"ok": True, **method.handler(call)}
        return Reply(answer, status=0 if trouble.lose_answer else 200)

    def _channel_id(self, call: Call) -> str:
        """The channel of a call, be it given by id or by name."""
        channel = call.arguments.text("channel")
        named = self._world.conversation_named(channel) if channel.startswith("#") else None
        return named.id if named else channel

    def _note(self, name: str, reading: Reading, caller: Caller | None, reply: Reply, seconds: float) -> None:
        who = "" if caller is None else (caller.user_id or "app")
        at = self._world.clock()
        self._journal.write(ApiCall(at, name, reading.values, who, reply.status, reply.body, seconds))


def _admitted(method: Method, reading: Reading, caller: Caller | None) -> Caller:
    if not method.tokens:
        return caller or Caller("user", "", frozenset())
    if caller is None:
        raise SlackError("invalid_auth" if reading.token else "not_authed")
    if caller.type not in method.tokens:
        raise SlackError("not_allowed_token_type")
    return caller


async def _meet(trouble: Trouble) -> Reply | None:
    """Go through trouble that comes before the call; an answer if the call ends there."""
    if trouble.delay:
        await asyncio.sleep(trouble.delay)
    if trouble.status == 429:
        return _ratelimited(trouble.retry_after)
    if trouble.status:
        return Reply({"ok": False, "error": "internal_error"}, status=trouble.status)
    if trouble.error:
        return Reply({"ok": False, "error": trouble.error})
    return None


def _ratelimited(seconds: int) -> Reply:
    return Reply({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def _with_warnings(reply: Reply, reading: Reading) -> Reply:
    if not reading.warnings or reply.status != 200:
        return reply
    metadata = dict(reply.body.get("response_metadata") or {})
    metadata["warnings"] = [*metadata.get("warnings", ()), *reading.warnings]
    body = reply.body | {"warning": ",".join(metadata["warnings"]), "response_metadata": metadata}
    return Reply(body, reply.status, reply.headers)


def _response(reply: Reply, caller: Caller | None) -> web.Response:
    headers = dict(reply.headers or {})
    if caller is not None and caller.scopes:
        headers["X-OAuth-Scopes"] = ",".join(sorted(caller.scopes))
    return web.json_response(reply.body, status=reply.status or 200, headers=headers)
