"""An HTTP server with three addresses: ``/live``, ``/ready`` and ``/health``."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import web

from chathakase.core.addresses import why_not_listening
from chathakase.core.errors import CannotListen, trace
from chathakase.health.request_log import TerseLogger
from chathakase.health.vitals import VitalSigns

Address: TypeAlias = tuple[str, int]
"""Where to listen: a host, empty for every interface, and a port."""

WITHIN = 2.0
"""Seconds in which a bot that lives tells how it is."""
LINGER = 0.5
"""Seconds for answers under way at the end, and for what somebody still sends who was answered."""
IDLE = 10.0
"""Seconds for which a connection may be open without a whole request."""
CONNECTIONS = 100
"""Connections that are open at once; for another one the oldest is closed, which a supervisor never needs."""
HEADERS = {"Cache-Control": "no-store"}

log = logging.getLogger(__name__)


class Health:
    """Answers supervisors, each time with how the bot is just then."""

    def __init__(self, vital_signs: Callable[[], Awaitable[VitalSigns]]) -> None:
        self._vital_signs = vital_signs

    async def live(self, _: web.Request) -> web.Response:
        """200 while the bot tells in time how it is, else 503: to start it afresh would help."""
        return _said("live", well=await self._look() is not None)

    async def ready(self, _: web.Request) -> web.Response:
        """200 while Slack is connected and the database answers, else 503."""
        signs = await self._look()
        return _said("ready", well=signs is not None and signs.ready)

    async def health(self, _: web.Request) -> web.Response:
        """Everything in JSON, with the status of ``ready``."""
        signs = await self._look()
        if signs is None:
            return web.json_response({"live": False, "ready": False}, status=503, headers=HEADERS)
        return web.json_response(signs.facts(), status=200 if signs.ready else 503, headers=HEADERS)

    async def _look(self) -> VitalSigns | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await self._vital_signs()
        except Exception as error:  # noqa: BLE001 - whatever fails in there, the supervisor gets an answer
            log.warning("The bot did not report its state: %s", trace(error))
            return None


@asynccontextmanager
async def open_health(address: Address, vital_signs: Callable[[], Awaitable[VitalSigns]]) -> AsyncIterator[str]:
    """Answer supervisors until the block ends; gives the base of the addresses. Port 0 takes a free one.

    Raises CannotListen when nothing can listen there.
    """
    health, application = Health(vital_signs), web.Application()
    application.add_routes(
        [web.get("/live", health.live), web.get("/ready", health.ready), web.get("/health", health.health)]
    )
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=TerseLogger(log),
        shutdown_timeout=LINGER,
        lingering_time=LINGER,
        keepalive_timeout=IDLE,
    )
    await runner.setup()
    try:
        listening = await _listen(runner, *address)
        bound, number, *_ = listening.sockets[0].getsockname()
        try:
            yield f"http://{f'[{bound}]' if ':' in bound else bound}:{number}"
        finally:
            listening.close()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(_door(runner), host or None, port)
    except (OSError, UnicodeError) as error:
        reason = why_not_listening(host, port, error)
        raise CannotListen(f"CHATHAKASE_HEALTH: {reason}: choose another address, or unset it.") from error


def _door(runner: web.AppRunner) -> Callable[[], asyncio.BaseProtocol]:
    def opened() -> asyncio.BaseProtocol:
        server = runner.server
        assert server is not None
        crowd = server.connections
        for oldest in crowd[: max(len(crowd) - CONNECTIONS + 1, 0)]:
            oldest.force_close()
        return server()

    return opened


def _said(what: str, *, well: bool) -> web.Response:
    return web.Response(text=f"{what if well else f'not {what}'}\n", status=200 if well else 503, headers=HEADERS)
