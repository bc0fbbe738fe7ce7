"""Requests that nobody can understand: they are refused, and nothing of what was sent is logged."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.http import HttpProcessingError

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

JUNK = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
IDLE = 75.0
"""Seconds for which a connection may be open without a whole request."""
CONNECTIONS = 500
"""Connections that are open at once; another one is closed."""
LINGER = 2.0
"""Seconds for what somebody still sends who was answered."""


class QuietLogger(logging.LoggerAdapter[logging.Logger]):
    """What aiohttp gets for a logger: it would tell of each broken request with a traceback and the request."""

    def exception(self, *_: object, exc_info: Any = None, **__: Any) -> None:
        """Tell that a request failed; with a traceback only if it was us who failed."""
        if isinstance(exc_info, JUNK):
            self.logger.debug("The playground received something that is not HTTP")
        else:
            self.logger.error("A request could not be answered", exc_info=exc_info)

    def debug(self, *_: object, **__: Any) -> None:
        """Tell nothing: it would be what was sent."""


def bounded() -> dict[str, Any]:
    """How a server of aiohttp is run that is open to whatever comes."""
    logger = QuietLogger(logging.getLogger(__name__))
    return {"access_log": None, "logger": logger, "keepalive_timeout": IDLE, "lingering_time": LINGER}


@asynccontextmanager
async def listening(runner: web.AppRunner, host: str, port: int) -> AsyncIterator[int]:
    """Have a runner that is set up take connections until the block ends; gives the port. Raises OSError."""

    def protocol() -> asyncio.BaseProtocol:
        server = runner.server
        assert server is not None
        return server() if len(server.connections) < CONNECTIONS else _Crowded()

    opened = await asyncio.get_running_loop().create_server(protocol, host, port)
    try:
        yield opened.sockets[0].getsockname()[1]
    finally:
        opened.close()


class _Crowded(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


@web.middleware
async def refuse_junk(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answers 400 to a body that is not what its head says."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as error:
        if not _is_of_the_body(error):
            raise
        return web.Response(status=400, text="This request cannot be read.\n")


def _is_of_the_body(error: Exception) -> bool:
    """Whether it arose where a body is read, rather than in what we made of it."""
    if isinstance(error, JUNK):
        return True
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).partition(".")[0] in ("aiohttp", "json")
