"""Opening a socket: an address from the Web API, which serves once, then a connection, then Slack's hello."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.slack.socket_mode.socket_timing import SocketTiming
from chathakase.slack.socket_mode.wire import LINK_DISABLED, TOO_MANY, Take, Wire
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.client import TOKEN_REFUSED, proxy_of
from chathakase.slack.web.web_addresses import Elsewhere, WebApiAddresses

MOST_BYTES = 4 * 2**20
"""Of one frame; a socket that brings a larger one is closed."""
ODD_ADDRESS = "odd_address"
"""The code of an invalid WebSocket address."""

APP_TOKEN_ADVICE = (
    "make an app-level token (xapp-…) with the scope connections:write under “Basic Information” in your app's "
    "settings, and switch Socket Mode on"
)
ADVICE = {
    LINK_DISABLED: "Socket Mode is switched off: switch it on in your app's settings.",
    TOO_MANY: "Slack allows at most ten connections per app: end those that are not needed.",
}

log = logging.getLogger(__name__)


class NotOpened(Exception):
    """No socket could be opened. ``code`` says why, ``wait`` how many seconds must pass before the next try."""

    def __init__(self, code: str, wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait

    @property
    def advice(self) -> str:
        """What to do about it, as a sentence; empty where there is nothing to do but wait."""
        if self.code in TOKEN_REFUSED:
            return f"Slack does not accept SLACK_APP_TOKEN: {APP_TOKEN_ADVICE}."
        return ADVICE.get(self.code, "")


class Opener:
    """Opens one socket after another; ``take`` gets the envelopes that come in on them."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        *,
        app_token: str,
        take: Take,
        timing: SocketTiming,
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._session = session
        self._addresses = WebApiAddresses(client.base_url)
        self._app_token = app_token
        self._take = take
        self._timing = timing
        self._clock = clock

    async def open(self) -> Wire:
        """Open a socket. Raises NotOpened."""
        return await self.connect(await self._address())

    async def connect(self, url: str, *, within: float | None = None) -> Wire:
        """Connect to an address, and return once Slack said hello, or seems to say none. Raises NotOpened."""
        wire = Wire(await self._connected(url, within or self._timing.opening), self._take, self._timing, self._clock)
        try:
            await self._greeted(wire)
        except BaseException:
            await wire.close()
            raise
        return wire

    async def _address(self) -> str:
        try:
            async with asyncio.timeout(self._timing.opening):
                answer = await self._client.apps_connections_open(app_token=self._app_token)
            return str(answer["url"])
        except Exception as error:
            failure = failure_of(error)
            least = 0.0 if failure.passes else self._timing.slow_wait
            raise NotOpened(failure.code, max(least, failure.retry_after or 0.0)) from error

    async def _connected(self, url: str, within: float) -> aiohttp.ClientWebSocketResponse:
        try:
            address = self._addresses.of_socket(url)
            async with asyncio.timeout(within):
                return await self._session.ws_connect(
                    address,
                    autoping=False,
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._timing.goodbye),
                    max_msg_size=MOST_BYTES,
                    proxy=proxy_of(url),
                    ssl=True if self._client.ssl is None else self._client.ssl,
                )
        except Elsewhere as error:
            raise NotOpened(ODD_ADDRESS) from error
        except Exception as error:
            raise NotOpened(failure_of(error).code) from error

    async def _greeted(self, wire: Wire) -> None:
        try:
            async with asyncio.timeout(self._timing.hello):
                await wire.begun.wait()
        except TimeoutError:
            log.warning("The socket is open, but Slack has not said hello yet")
        # One that is to be replaced at once works until then, and may have brought something.
        if wire.told and not (wire.is_in_use and wire.told not in (LINK_DISABLED, TOO_MANY)):
            raise NotOpened(wire.told, self._timing.slow_wait if wire.told == LINK_DISABLED else 0.0)
        if wire.lost:
            raise NotOpened("closed at once")
