"""Answers over HTTP, and the faults that come before or instead of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.faults import CallFault
from chathakase.playground.world.values import Json

_HTML = "<!DOCTYPE html><html><head><title>Slack</title></head><body><h1>Something went wrong</h1></body></html>"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What is answered; status 0 stands for a connection that breaks instead, after `silence` in seconds.

    With `html` a page goes out in the place of the body.
    """

    body: Json
    status: int = 200
    headers: Mapping[str, str] | None = None
    html: bool = False
    silence: float = 0.0


async def meet(fault: CallFault) -> ApiAnswer | None:
    """Go through a fault that comes before the call; an answer if the call ends there."""
    if fault.until is not None:
        await fault.until.wait()
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.status == 429:
        return ratelimited(fault.retry_after)
    if fault.status:
        return ApiAnswer({"ok": False, "error": "internal_error"}, fault.status, html=fault.html)
    if fault.error:
        return ApiAnswer({"ok": False, "error": fault.error})
    if fault.html:
        return ApiAnswer({}, html=True)
    return lost({}, fault) if fault.lose_call else None


def ratelimited(seconds: int) -> ApiAnswer:
    """HTTP 429, as Slack answers what comes too often."""
    return ApiAnswer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def lost(body: Json, fault: CallFault) -> ApiAnswer:
    """An answer that never arrives."""
    return ApiAnswer(body, status=0, silence=fault.silence)


async def response_to(request: web.Request, reply: ApiAnswer, headers: Mapping[str, str] | None = None) -> web.Response:
    """The response, after the connection is broken if that is what is to happen."""
    if reply.status == 0:
        await asyncio.sleep(reply.silence)
        if request.transport is not None:
            request.transport.abort()
    status, more = reply.status or 200, {**(reply.headers or {}), **(headers or {})}
    if reply.html:
        return web.Response(text=_HTML, content_type="text/html", status=status, headers=more)
    return web.json_response(reply.body, status=status, headers=more)
