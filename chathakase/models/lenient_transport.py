"""How requests go out to servers of any kind: by aiohttp, or by httpx where aiohttp is too strict.

Some gateways tell the length of an answer twice: as a number and by chunks
(https://github.com/Portkey-AI/gateway/issues/1305, https://github.com/timoklimmer/powerproxy-aoai/issues/53), or by the
same number again (https://github.com/Karlson2k/libmicrohttpd/issues/15). A client may accept that
(https://www.rfc-editor.org/rfc/rfc9112#section-6.3), as httpx does; aiohttp does not.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2

from chathakase.models.transport import AiohttpTransport, OddHttpError, open_aiohttp

LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
"""Where lengths are told in odd ways, what follows an answer must never be taken for the next one."""

log = logging.getLogger(__name__)


class LenientTransport(httpx2.AsyncBaseTransport):
    """Sends requests by aiohttp until it refuses an answer that httpx accepts, and by httpx from then on."""

    def __init__(self, strict: AiohttpTransport, make_lenient: Callable[[], httpx2.AsyncHTTPTransport]) -> None:
        self._strict = strict
        self._make_lenient = make_lenient
        self._lenient: httpx2.AsyncHTTPTransport | None = None
        self._making = asyncio.Lock()
        self._is_odd = False
        """The server's answers are accepted by httpx only."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its answer can be read as it comes. Raises httpx2.TransportError."""
        if not self._is_odd:
            try:
                return await self._strict.handle_async_request(request)
            except OddHttpError:
                log.info("The model's server answered in odd HTTP; asking again through httpx")
        lenient = await self._get_lenient()
        response = await lenient.handle_async_request(request)
        self._is_odd = True
        return response

    async def _get_lenient(self) -> httpx2.AsyncHTTPTransport:
        async with self._making:
            if self._lenient is None:
                # It loads what few ever need, and that holds everybody up.
                self._lenient = await asyncio.to_thread(self._make_lenient)
        return self._lenient

    async def aclose(self) -> None:
        """Close what was opened for odd servers."""
        if self._lenient is not None:
            await self._lenient.aclose()


@asynccontextmanager
async def open_transport(certificates: ssl.SSLContext, *, proxy: str) -> AsyncIterator[LenientTransport]:
    """Open a transport, through a proxy if one is named; close it at the end."""

    def make_lenient() -> httpx2.AsyncHTTPTransport:
        trusted = certificates if proxy.lower().startswith("https:") else None
        through = httpx2.Proxy(proxy, ssl_context=trusted) if proxy else None
        return httpx2.AsyncHTTPTransport(certificates, trust_env=False, limits=LIMITS, proxy=through)

    async with open_aiohttp(certificates, proxy=proxy) as strict, LenientTransport(strict, make_lenient) as transport:
        yield transport
