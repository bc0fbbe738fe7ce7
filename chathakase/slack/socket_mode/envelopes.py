"""Hands what comes in on a socket to whoever takes it in, and acknowledges it unless it could not be stored.

Events go straight there. The rest, which is rare, goes through Bolt, which knows what belongs to which listener.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from chathakase.core.errors import trace
from chathakase.slack.acknowledging import REFUSED
from chathakase.slack.socket_mode.wire import Frame, Wire

MOST_UNDER_WAY = 1000
"""Envelopes that are taken in at once; beyond it the socket is not read, so that Slack has to wait."""
CANCELLED_WITHIN = 0.2
"""Seconds that we wait for what is cancelled."""

TakeIn: TypeAlias = Callable[[object], Awaitable[bool]]

log = logging.getLogger(__name__)


class Acks(AsyncBaseSocketModeClient):
    """What slack_sdk and Bolt need of a client to answer one envelope.

    It goes out on the socket on which the envelope came, else on the newest one; whether Slack honours the latter
    is not documented.
    """

    def __init__(self, wire: Wire, newest: Callable[[], Wire]) -> None:
        self.logger = logging.getLogger("slack_bolt")
        self._wire = wire
        self._newest = newest

    async def send_message(self, message: str) -> None:
        """Send an answer. Raises OSError when there is no socket that takes it."""
        try:
            await self._wire.send(message)
        except OSError:
            if self._newest() is self._wire:
                raise
            await self._newest().send(message)


class Envelopes:
    """Every envelope that is being taken in, each in a task of its own."""

    def __init__(self, app: AsyncApp, take_in: TakeIn, most: int = MOST_UNDER_WAY) -> None:
        """``take_in`` stores what an event tells, and returns whether that was done."""
        self._app = app
        self._take_in = take_in
        self._room = asyncio.Semaphore(most)
        self._under_way: set[asyncio.Task[None]] = set()
        self._closed = False

    async def take(self, envelope: Frame, client: AsyncBaseSocketModeClient) -> None:
        """Begin to take an envelope in; waits while too many are under way."""
        await self._room.acquire()
        if self._closed:
            self._room.release()
            return
        task = asyncio.create_task(self._handle(envelope, client), name="socket: envelope")
        self._under_way.add(task)
        task.add_done_callback(self._handled)

    async def finish(self, within: float) -> None:
        """Take no more, and give what is under way so many seconds; what is late comes again."""
        self._closed = True
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=within)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCELLED_WITHIN)

    def _handled(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._room.release()

    async def _handle(self, envelope: Frame, client: AsyncBaseSocketModeClient) -> None:
        try:
            await self._answer(envelope, client)
        except (aiohttp.ClientError, OSError) as error:
            log.info("An acknowledgement was not sent, so Slack will redeliver: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one odd envelope is no reason to lose others
            log.error("An envelope could not be handled: %s", trace(error))

    async def _answer(self, envelope: Frame, client: AsyncBaseSocketModeClient) -> None:
        request = _request(envelope)
        if request and isinstance(request.payload, dict) and (event := request.payload.get("event")):
            if await self._take_in(event):
                await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            return
        response, refused = await self._dispatch(request) if request else (None, False)
        if request and response is not None and response.status == 200:
            await send_async_response(client, request, response, 0.0)
        elif not refused and isinstance(envelope["envelope_id"], str):
            log.info("An envelope was ignored, because nothing handles it")
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=envelope["envelope_id"]))

    async def _dispatch(self, request: SocketModeRequest) -> tuple[BoltResponse | None, bool]:
        """Bolt's answer, and whether the envelope must come again."""
        try:
            bolt_request = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
            response = await self._app.async_dispatch(bolt_request)
        except Exception as error:  # noqa: BLE001 - Bolt fails on shapes it does not know, and would every time
            log.warning("A malformed envelope: %s", trace(error))
            return None, False
        return response, bool(bolt_request.context.get(REFUSED))


def _request(envelope: Frame) -> SocketModeRequest | None:
    """What slack_sdk makes of an envelope; None when it can make nothing of it."""
    request: SocketModeRequest | None = None
    if isinstance(envelope.get("payload"), dict | str):
        request = SocketModeRequest.from_dict(envelope)
    if request is None:
        log.warning("A malformed envelope: its type is missing, or its payload is not an object")
    return request
