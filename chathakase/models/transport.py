"""How requests go out: by aiohttp, which takes an answer apart in C, and so with a quarter of the steps of httpx.

The transport that the openai library has for this takes a server that is down, or speaks no HTTP, for a slow one.
"""

import io
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import aiohttp
import httpx2
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from chathakase.proxies import for_aiohttp

HEADER_MOST, HEADERS_MOST = 100 * 1024, 1_000
"""Bytes that a line of a header may have, as many as httpx takes, and how many lines there may be."""
AT_ONCE = 2**20
"""Bytes of a prompt that are sent in one piece; those with pictures have more."""
KEPT = 4.0
"""Seconds for which a connection is kept for the next request. Many servers close theirs after five, such as those on
uvicorn (https://www.uvicorn.org/settings/#timeouts) and Node (https://nodejs.org/api/http.html#serverkeepalivetimeout);
what is sent just then is lost, and sent again only after a pause."""


class OddHttpError(httpx2.RemoteProtocolError):
    """What came is no HTTP that aiohttp accepts; others may."""


FAILURES: dict[type[aiohttp.ClientError], type[httpx2.TransportError]] = {
    aiohttp.ConnectionTimeoutError: httpx2.ConnectTimeout,
    aiohttp.ServerTimeoutError: httpx2.ReadTimeout,
    aiohttp.ClientProxyConnectionError: httpx2.ProxyError,
    aiohttp.ClientHttpProxyError: httpx2.ProxyError,
    aiohttp.ClientPayloadError: httpx2.ReadError,
    aiohttp.ClientResponseError: OddHttpError,
    aiohttp.ServerDisconnectedError: httpx2.RemoteProtocolError,
    aiohttp.ClientConnectorError: httpx2.ConnectError,
    aiohttp.ClientOSError: httpx2.ReadError,
    aiohttp.ClientError: httpx2.ConnectError,
}
"""What aiohttp's errors are called in httpx; the first that fits counts."""


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends requests through a session."""

    def __init__(self, session: aiohttp.ClientSession, proxy: URL | None) -> None:
        self._session = session
        self._proxy = proxy

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its answer can be read as it comes.

        Raises httpx2.TransportError, OddHttpError where others may accept the answer.
        """
        with _as_httpx():
            response = await self._session.request(
                request.method,
                _address(request.url),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=_data(await request.aread()),
                allow_redirects=False,
                timeout=_timeout(request, proxied=self._proxy is not None),
                proxy=self._proxy,
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


class _Connector(aiohttp.TCPConnector):
    """Makes connections."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        # How many requests there are at once is not for it to decide.
        super().__init__(ssl=certificates, limit=0, keepalive_timeout=KEPT)
        connection: type[ResponseHandler] = _Connection
        self._factory = partial(connection, loop=self._loop)


class _Connection(ResponseHandler):
    """A connection that tells whoever reads an answer when it stops being HTTP, as aiohttp's own does not."""

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """Fail with an error."""
        super().set_exception(exc, exc_cause or exc)
        if self._payload and isinstance(exc, HttpProcessingError) and not self._payload.is_eof():
            self._payload.set_exception(aiohttp.ClientPayloadError(), exc)


@asynccontextmanager
async def open_aiohttp(certificates: ssl.SSLContext, *, proxy: str) -> AsyncIterator[AiohttpTransport]:
    """Open a transport, through a proxy if one is named; close it at the end."""
    async with aiohttp.ClientSession(
        connector=_Connector(certificates),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=HEADER_MOST,
        max_field_size=HEADER_MOST,
        max_headers=HEADERS_MOST,
    ) as session:
        yield AiohttpTransport(session, URL(for_aiohttp(proxy)) if proxy else None)


def _address(url: httpx2.URL) -> URL:
    # A name and a password in it would be one more Authorization.
    return URL(str(url.copy_with(userinfo=b"") if url.userinfo else url), encoded=True)


def _data(body: bytes) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if len(body) > AT_ONCE else body or None


def _timeout(request: httpx2.Request, *, proxied: bool) -> aiohttp.ClientTimeout:
    seconds = request.extensions.get("timeout", {})
    connect, read = seconds.get("connect"), seconds.get("read")
    # Also for a name to be resolved and a proxy to be answered, for which nothing else of aiohttp's sets a bound.
    whole = None if connect is None else 2 * connect + (read or 0) * proxied
    return aiohttp.ClientTimeout(None, connect=whole, sock_connect=connect, sock_read=read)


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except aiohttp.ClientError as error:
        # Its own words may quote a server's, and what OpenSSL says of a certificate stands only in its cause.
        raise _kind(error)(type(error).__name__) from error.__cause__ or error


def _kind(error: aiohttp.ClientError) -> type[httpx2.TransportError]:
    if isinstance(error, aiohttp.ClientHttpProxyError) and 200 <= error.status < 300:
        # Each of these opens a tunnel (https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6); aiohttp knows one.
        return OddHttpError
    return next(kind for theirs, kind in FAILURES.items() if isinstance(error, theirs))
