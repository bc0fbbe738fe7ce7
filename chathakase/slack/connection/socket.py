"""The Socket Mode connection: opened with a word when it cannot be, closed without waiting for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import StartError, trace
from chathakase.slack.connection.web import START_TIMEOUT, first_call, is_direct
from chathakase.slack.inward.intake import REFUSED

PING_INTERVAL = 5.0
"""Seconds between two looks whether the socket is still alive."""
HELLO_TIMEOUT = 2.0
"""Seconds to wait for Slack's ``hello`` on an open socket."""
CLOSE_TIMEOUT = 1.5
"""Seconds for a polite goodbye; Slack is said to leave the TCP connection open after it."""

APP_TOKEN_ADVICE = (
    "make an app-level token (xapp-…) with the scope connections:write under “Basic Information” in your app's "
    "settings, and switch Socket Mode on"
)

REFUSED_SOCKET = (
    "Slack refused the socket: check that Socket Mode is switched on in your app's settings and that "
    "no more than ten connections of this app are open."
)

log = logging.getLogger(__name__)


class SocketHandler(AsyncSocketModeHandler):
    """Bolt's handler, which also acknowledges what Bolt can make nothing of and knows what is under way."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token, ping_interval=PING_INTERVAL)
        self.client.message_listeners.append(self._acknowledge_shapeless)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        """Dispatch an envelope to Bolt, and acknowledge it unless it could not be stored."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self._take(client, req)
        except (aiohttp.ClientError, ConnectionError) as error:
            log.info("An acknowledgement was not sent, so Slack will deliver again: %s", type(error).__name__)
        finally:
            self._under_way.discard(task)

    async def _acknowledge_shapeless(
        self, client: AsyncBaseSocketModeClient, message: dict[str, Any], _: str | None = None
    ) -> None:
        """Acknowledge an envelope on which slack_sdk itself fails: one whose payload is neither object nor text."""
        envelope_id = message.get("envelope_id")
        if isinstance(envelope_id, str) and not isinstance(message.get("payload", {}), dict | str):
            log.warning("A malformed envelope: its payload is no object")
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=envelope_id))

    async def close(self) -> None:
        """Say goodbye to Slack and wait for the envelopes that are being taken in."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self.client.close()
        except TimeoutError:
            await self.client.aiohttp_client_session.close()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_TIMEOUT)

    async def _take(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        response, refused = await self._dispatch(req)
        if response is not None and response.status == 200:
            await send_async_response(client, req, response, 0.0)
        elif not refused:
            log.info("An envelope was of no use to anybody here")
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))

    async def _dispatch(self, req: SocketModeRequest) -> tuple[BoltResponse | None, bool]:
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
            response = await self.app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001 - Bolt fails on shapes it does not know; they come again unacked
            log.warning("A malformed envelope: %s", trace(error))
            return None, False
        return response, bool(request.context.get(REFUSED))


@asynccontextmanager
async def open_socket(app: AsyncApp, *, app_token: str, api_url: str) -> AsyncIterator[None]:
    """Connect, so that events come in; disconnect at the end.

    Raises StartError when Slack does not accept the app token or the socket.
    """
    url = await _socket_url(app.client, app_token, api_url)
    handler = SocketHandler(app, app_token)
    try:
        handler.client.wss_uri = url
        if is_direct(url):
            handler.client.proxy = None
        await _connect(handler)
        yield
    finally:
        await handler.close()


async def _socket_url(client: AsyncWebClient, app_token: str, api_url: str) -> str:
    answer = await first_call(
        client.apps_connections_open(app_token=app_token),
        api_url=api_url,
        setting="SLACK_APP_TOKEN",
        advice=APP_TOKEN_ADVICE,
    )
    return str(answer.get("url") or "")


async def _connect(handler: SocketHandler) -> None:
    """Connect and wait for the hello. The client itself would try for ever."""
    client = handler.client
    greeted = asyncio.Event()

    async def hear(_: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None) -> None:
        if message.get("type") == "hello":
            greeted.set()

    client.message_listeners.append(hear)
    try:
        async with asyncio.timeout(START_TIMEOUT):
            await handler.client.connect()
    except TimeoutError as error:
        raise StartError(REFUSED_SOCKET) from error
    first = client.current_session
    try:
        async with asyncio.timeout(HELLO_TIMEOUT):
            await greeted.wait()
    except TimeoutError as error:
        # A socket that is closed at once is opened again and again, so only the first one counts.
        if first is None or first.closed or client.current_session is not first:
            raise StartError(REFUSED_SOCKET) from error
        log.warning("The socket is open, but Slack has not said hello yet")
