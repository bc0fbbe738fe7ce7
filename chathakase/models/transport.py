"""How requests go out: by aiohttp, which takes an answer apart in C, and so with a quarter of the steps of httpx.

The transport that the openai library has for this takes a server that is down, or speaks no HTTP, for a slow one.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import aiohttp
import httpx2
from yarl import URL

HEADER_MOST = 2**16
"""Bytes that a line of a header may have: as many as httpx takes, where aiohttp takes 8,190 if nobody says so."""
KEPT = 5.0
"""Seconds for which a connection is kept for the next request: some servers close theirs after that."""

FAILURES: dict[type[aiohttp.ClientError], type[httpx2.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx2.ConnectTimeout,
    aiohttp.ServerTimeoutError: httpx2.ReadTimeout,
    aiohttp.ClientProxyConnectionError: httpx2.ProxyError,
    aiohttp.ClientHttpProxyError: httpx2.ProxyError,
    aiohttp.ClientPayloadError: httpx2.ReadError,
    aiohttp.ClientResponseError: httpx2.RemoteProtocolError,
    aiohttp.ServerDisconnectedError: httpx2.RemoteProtocolError,
    aiohttp.ClientError: httpx2.ConnectError,
}
"""What aiohttp's errors are called in httpx; the first that fits counts."""


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends requests through a session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its answer can be read as it comes. Raises httpx2.TransportError."""
        with _as_httpx():
            response = await self._session.request(
                request.method,
                _address(request.url),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=_timeout(request),
            )
        return httpx2.Response(response.status, headers=response.raw_headers, stream=_Body(response), request=request)


class _Body(httpx2.AsyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        with _as_httpx():
            async for piece in self._response.content.iter_any():
                yield piece

    async def aclose(self) -> None:
        # Of one that was not read to its end, the connection as well; the rest may never come.
        self._response.close()


@asynccontextmanager
async def open_transport(certificates: ssl.SSLContext, *, proxy: str) -> AsyncIterator[AiohttpTransport]:
    """Open a transport, through a proxy if one is named; close it at the end."""
    # How many requests there are at once is not for it to decide.
    connector = aiohttp.TCPConnector(ssl=certificates, limit=0, keepalive_timeout=KEPT)
    async with aiohttp.ClientSession(
        connector=connector,
        proxy=proxy or None,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=HEADER_MOST,
        max_field_size=HEADER_MOST,
    ) as session:
        yield AiohttpTransport(session)


def _address(url: httpx2.URL) -> URL:
    # A name and a password in it would be one more Authorization.
    return URL(str(url.copy_with(userinfo=b"") if url.userinfo else url), encoded=True)


def _timeout(request: httpx2.Request) -> aiohttp.ClientTimeout:
    seconds = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(None, sock_connect=seconds.get("connect"), sock_read=seconds.get("read"))


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except aiohttp.ClientError as error:
        kind = next(kind for ours, kind in FAILURES.items() if isinstance(error, ours))
        # Its own words may quote a server's, and what OpenSSL says of a certificate stands only in its cause.
        raise kind(type(error).__name__) from error.__cause__ or error
