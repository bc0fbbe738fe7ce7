"""Reading a Web API call off HTTP: a form, a query or JSON, and the token in the header or among the arguments."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class CallArguments:
    """What came in: the token, the other arguments, what is odd or wrong about them, and how they came."""

    token: str
    values: Json
    warnings: tuple[str, ...] = ()
    error: SlackError | None = None
    posted: bool = True
    asked: str = ""
    """The host that was asked, as the caller names it."""


async def read_call(request: web.Request) -> CallArguments:
    """Read a call; where the token comes twice, the header's counts."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    values: Json = dict(request.query)
    warnings: tuple[str, ...] = ()
    error = None
    try:
        body, warnings = await _body(request)
        values |= body
    except SlackError as wrong:
        error = wrong
    among_arguments = str(values.pop("token", ""))
    token = bearer.strip() if scheme.lower() == "bearer" else among_arguments
    asked = request.headers.get("Host", "")
    return CallArguments(token, values, warnings, error, posted=request.method == "POST", asked=asked)


async def _body(request: web.Request) -> tuple[Json, tuple[str, ...]]:
    """The arguments in the body and the warnings about it; JSON carries no token (docs: apis/web-api)."""
    if request.method != "POST" or not request.can_read_body:
        return {}, ()
    if request.content_type == "application/json":
        values = _parsed(await request.read())
        values.pop("token", None)
        return values, () if request.charset else ("missing_charset",)
    if request.content_type in _FORMS:
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}, ()
    if "Content-Type" not in request.headers:
        raise SlackError("missing_post_type")
    if request.content_type != "text/plain":
        raise SlackError("invalid_post_type")
    return {}, ()


def _parsed(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
