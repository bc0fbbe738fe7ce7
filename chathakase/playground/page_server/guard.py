"""Who may talk to this server: those who ask for it by a name of its own, and of pages only its own.

A page of another origin, or a name that was rebound to this address, must not act here in a visitor's browser. Bots
send no Origin and are not concerned.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Middleware

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(asked_for: str) -> Middleware:
    """Answers 403 to a foreign Host or Origin; `asked_for` is the host that the server was told to listen on."""

    @web.middleware
    async def admit(request: web.Request, handler: _Handler) -> web.StreamResponse:
        if not _is_own_host(request, asked_for):
            return web.Response(status=403, text="This server does not go by that name.\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{request.host}".lower():
            return web.Response(status=403, text="Pages of other origins may not ask here.\n")
        return await handler(request)

    return admit


def _is_own_host(request: web.Request, asked_for: str) -> bool:
    """Whether Host names a loopback address, the host asked for or the very address that was reached, and our port."""
    sockname = request.get_extra_info("sockname")
    if sockname is None:
        return False
    name, port = _name_and_port(request.host)
    if port != sockname[1]:
        return False
    return name in ("localhost", asked_for.lower()) or _is_own_address(name, str(sockname[0]))


def _name_and_port(host: str) -> tuple[str, int]:
    """The parts of a Host header; port 80 where it has none, and -1 where it has no number."""
    name, colon, port = host.rpartition(":")
    if not colon or port.endswith("]"):
        name, port = host, "80"
    return name.strip("[]").lower(), int(port) if port.isascii() and port.isdecimal() else -1


def _is_own_address(name: str, reached: str) -> bool:
    try:
        address = ip_address(name)
        return address.is_loopback or address == ip_address(reached)
    except ValueError:
        return False
