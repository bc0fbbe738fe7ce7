"""Bodies of answers as they are to be read: in small pieces, and those of refusals cut.

Set upon every answer before the openai library sees it: the library reads the whole body of a refusal, or of a
redirect, however long that is and takes, and waits for as long as ``Retry-After`` says.
"""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from chathakase.models.content_encodings import Decode, decoder
from chathakase.models.deadlines import CooperativeYield

REFUSAL_MOST = 2**16
"""Bytes that are read of a refusal."""
REFUSAL_WITHIN = 3.0
"""Seconds for which it is read."""
RETRY_WITHIN = 20.0
"""Seconds that a server may have us wait before we ask again; when it wants more, that is its answer."""

FAILED = (httpx2.RequestError, httpx2.StreamError)


async def take_in(response: httpx2.Response) -> None:
    """Bound what is read of a response, before anybody reads it (a response hook of httpx)."""
    # Whoever reads has what is decoded already.
    decode = decoder(response.headers.pop("content-encoding", ""))
    stream = response.stream
    assert isinstance(stream, httpx2.AsyncByteStream)
    response.stream = Body(stream, decode) if response.is_success else Refusal(stream, decode)
    if wants_long_timeout(response.headers):
        # What the openai library goes by.
        response.headers["x-should-retry"] = "false"


class Body(httpx2.AsyncByteStream):
    """A body in small pieces, between which others work. Raises TimeoutError and ConnectionError."""

    def __init__(self, stream: httpx2.AsyncByteStream, decode: Decode) -> None:
        self._stream = stream
        self._decode = decode

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        cooperative_yield = CooperativeYield()
        try:
            async for raw in self._stream:
                # Also where nothing comes of it: many bytes may hold few, and a chunk of HTTP none.
                await cooperative_yield.take()
                for piece in self._decode(raw):
                    yield piece
                    await cooperative_yield.take()
        except httpx2.TimeoutException as error:
            raise TimeoutError from error
        except FAILED as error:
            raise ConnectionError from error

    async def aclose(self) -> None:
        """Close it, read to its end or not."""
        await self._stream.aclose()


class Refusal(Body):
    """The beginning of the body of a refusal: what there is of it in time."""

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        until, left = asyncio.get_running_loop().time() + REFUSAL_WITHIN, REFUSAL_MOST
        async with aclosing(super().__aiter__()) as pieces:
            while left > 0:
                try:
                    async with asyncio.timeout_at(until):
                        piece = (await anext(pieces))[:left]
                except (StopAsyncIteration, TimeoutError, ConnectionError):
                    return
                left -= len(piece)
                yield piece


def wants_long_timeout(headers: httpx2.Headers) -> bool:
    """Whether a server wants us to wait for longer than anybody would, in whichever way it says so."""
    return max(_milliseconds(headers), _seconds(headers.get("retry-after", ""))) > RETRY_WITHIN


def _milliseconds(headers: httpx2.Headers) -> float:
    return _number(headers.get("retry-after-ms", "")) / 1_000


def _seconds(text: str) -> float:
    """Seconds, of which https://www.rfc-editor.org/rfc/rfc9110#field.retry-after has a number or a date."""
    try:
        date = parsedate_to_datetime(text)
        return (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError, TypeError, IndexError):
        return _number(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return 0.0 if math.isnan(number) else number
