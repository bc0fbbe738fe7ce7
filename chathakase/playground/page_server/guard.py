"""Who may see the page: those who ask for it by a name of this server's own, and of pages only its own.

A page of another origin, or a name that was rebound to this address, must not act here in a visitor's browser. What is
guarded by a token, a ticket or a key that no foreign page knows is open to any client, whatever it calls this server:
slack_sdk leaves the port out of its handshake, and slack-go says that it comes from api.slack.com.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Middleware

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

OPEN = ("/api/", "/link/", "/hooks/", "/upload/", "/files/", "/avatars/")
"""Where apps ask, whose tokens, tickets and keys are looked at there; everything else is the page's."""


class Guard:
    """Answers 403 to a foreign Host or Origin; `asked_for` is the host that the server was told to listen on."""

    def __init__(self, asked_for: str) -> None:
        self._asked_for = asked_for

    def middleware(self) -> Middleware:
        """What guards everything but what is open to apps."""

        @web.middleware
        async def admit(request: web.Request, handler: _Handler) -> web.StreamResponse:
            problem = "" if request.path.startswith(OPEN) else self.problem(request)
            return web.Response(status=403, text=problem) if problem else await handler(request)

        return admit

    def problem(self, request: web.Request) -> str:
        """What is wrong with a request for the page, in a sentence; empty if nothing is."""
        if not _is_own_host(request, self._asked_for):
            return "This server does not answer under that name.\n"
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{request.host}".lower():
            return "Requests from other origins are not allowed.\n"
        return ""


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
