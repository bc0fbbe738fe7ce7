"""The Web API over HTTP: reads a call, finds out who calls, meets limits and faults, and answers as Slack does."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from chathakase.playground.content.call_arguments import CallArguments, read_call
from chathakase.playground.faults import NONE, Faults
from chathakase.playground.journal import ApiCall, Journal
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.web_api.api_answers import ApiAnswer, lost, meet, ratelimited, response_to
from chathakase.playground.web_api.app_tokens import Caller, Tokens
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.methods.call import Call, Method
from chathakase.playground.web_api.tiers import Limits
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World


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
        addresses: ServerAddresses,
        *,
        limit_people: bool = False,
    ) -> None:
        self._world = world
        self._tokens = tokens
        self._methods = methods
        self._limits = limits
        self._faults = faults
        self._journal = journal
        self._addresses = addresses
        self._limit_people = limit_people

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        reading = await read_call(request)
        caller = self._tokens.identify(reading.token) if reading.token else None
        reply = await self.answer(request.match_info["method"], reading, caller)
        scopes = caller.scopes if caller is not None else ()
        reply = replace(reply, body=self._addresses.seen_from(reply.body, reading.asked))
        headers = {"X-OAuth-Scopes": ",".join(sorted(scopes))} if scopes else {}
        return await response_to(request, reply, headers)

    async def act(self, user_id: str, method: str, arguments: Json) -> Json:
        """The answer to a call of a person's own client that needs no HTTP; SlackError where it is refused."""
        reply = await self.answer(method, CallArguments("", arguments), Caller("user", user_id))
        if not reply.body.get("ok"):
            details = {name: value for name, value in reply.body.items() if name not in ("ok", "error")}
            raise SlackError(str(reply.body.get("error")), **details)
        return reply.body

    async def answer(self, name: str, reading: CallArguments, caller: Caller | None) -> ApiAnswer:
        """The answer to one call, which is noted in the journal."""
        began = time.perf_counter()
        try:
            reply = await self._reply(name, reading, caller)
        except SlackError as error:
            reply = ApiAnswer(error.answer())
        reply = _with_warnings(reply, reading)
        self._note(name, reading, caller, reply, time.perf_counter() - began)
        return reply

    async def _reply(self, name: str, reading: CallArguments, caller: Caller | None) -> ApiAnswer:
        if reading.error is not None:
            raise reading.error
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if method.post_only and not reading.posted:
            raise SlackError("insecure_request")
        call = Call(self._world, _admitted(method, reading, caller), Arguments(reading.values), reading.asked)
        if method.scopes:
            call.need_scope(*method.scopes)
        fault = NONE if call.caller.type == "user" else self._faults.next_for(name, _looks(reading.values))
        if (refused := await meet(fault)) is not None:
            return refused
        if call.caller.type == "bot" or self._limit_people:
            wait = self._limits.retry_after(name, method.tier, self._channel_id(call), call.caller.app_id)
            if wait:
                return ratelimited(wait)
        answer = _done(method, call)
        return lost(answer, fault) if fault.lose_answer else ApiAnswer(answer)

    def _channel_id(self, call: Call) -> str:
        """The channel of a call, be it given by its id, by its name or by the id of a person."""
        world, channel = self._world, call.arguments.text("channel")
        if channel in world.users:
            named = world.conversation_between((call.caller.user_id, channel))
        else:
            named = world.conversation(channel) or (world.conversation_named(channel) if channel else None)
        return named.id if named else channel

    def _note(self, name: str, reading: CallArguments, caller: Caller | None, reply: ApiAnswer, seconds: float) -> None:
        who = "" if caller is None else (caller.user_id or "app")
        at = self._world.clock()
        self._journal.write(ApiCall(at, name, reading.values, who, reply.status, reply.body, seconds))


def _looks(arguments: Json) -> str:
    """What the blocks or the Markdown of a message say."""
    given = (arguments.get("blocks"), arguments.get("markdown_text"))
    return "\n".join(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in given if value
    )


def _admitted(method: Method, reading: CallArguments, caller: Caller | None) -> Caller:
    if not method.tokens:
        return caller or Caller("user", "")
    if caller is None:
        raise SlackError("invalid_auth" if reading.token else "not_authed")
    if caller.type not in method.tokens:
        raise SlackError("not_allowed_token_type")
    return caller


def _done(method: Method, call: Call) -> Json:
    """Do what a method does, and give the answer."""
    try:
        return {"ok": True, **method.handler(call)}
    except SlackError as error:
        return error.answer()


def _with_warnings(reply: ApiAnswer, reading: CallArguments) -> ApiAnswer:
    if not reading.warnings or reply.status != 200:
        return reply
    metadata = dict(reply.body.get("response_metadata") or {})
    metadata["warnings"] = [*metadata.get("warnings", ()), *reading.warnings]
    body = reply.body | {"warning": ",".join(metadata["warnings"]), "response_metadata": metadata}
    return replace(reply, body=body)
