"""Servers and gateways whose HTTP is odd are understood as far as anybody can, and nobody waits for what is none."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import httpx2
import pytest

from chathakase.core.errors import ModelError
from chathakase.models.lenient_transport import open_transport
from tests.models.bare_model import PROMPT, heard, opened
from tests.models.bare_server import DONE, STOP, STREAM, Script, Send, breaks_off, ends, open_bare, sends, sends_forever
from tests.models.test_answers import HELLO, PATIENT, answer, document, failure

pytestmark = pytest.mark.usefixtures("outside")

WHOLE = document(finish_reason="stop")
OK, TYPE = b"HTTP/1.1 200 OK\r\n", b"Content-Type: application/json\r\n"
LENGTH, CHUNKED = b"Content-Length: %d\r\n" % len(WHOLE), b"Transfer-Encoding: chunked\r\n"


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


CHUNKS = chunks(WHOLE)

TOO_ODD_FOR_ONE = {
    "a length beside chunks": OK + TYPE + LENGTH + CHUNKED + b"\r\n" + CHUNKS,
    "chunks beside a length": OK + TYPE + CHUNKED + LENGTH + b"\r\n" + CHUNKS,
    "chunks beside no length": OK + TYPE + CHUNKED + b"Content-Length: 0\r\n\r\n" + CHUNKS,
    "a length twice": OK + TYPE + LENGTH + LENGTH + b"\r\n" + WHOLE,
    "a length twice in a line": OK + TYPE + b"Content-Length: %d, %d\r\n\r\n" % (len(WHOLE), len(WHOLE)) + WHOLE,
    "a later version": b"HTTP/1.2 200 OK\r\n" + TYPE + LENGTH + b"\r\n" + WHOLE,
    "more after the body": OK + TYPE + LENGTH + b"\r\n" + WHOLE + b"more",
    "more after the chunks": OK + TYPE + CHUNKED + b"\r\n" + CHUNKS + b"more",
    "a length after the chunks": OK + TYPE + CHUNKED + b"\r\n" + CHUNKS[:-2] + LENGTH + b"\r\n",
    "thousands of headers": OK + TYPE + b"X: y\r\n" * 3_000 + LENGTH + b"\r\n" + WHOLE,
}
"""What httpx accepts and aiohttp does not."""

ODD = {
    "lines without returns": (OK + TYPE + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + WHOLE,
    "no reason": b"HTTP/1.1 200\r\n" + TYPE + LENGTH + b"\r\n" + WHOLE,
    "an old version": b"HTTP/1.0 200 OK\r\n" + TYPE + LENGTH + b"\r\n" + WHOLE,
    "an old version with chunks": b"HTTP/1.0 200 OK\r\n" + TYPE + CHUNKED + b"\r\n" + CHUNKS,
    "empty lines first": b"\r\n\r\n" + OK + TYPE + LENGTH + b"\r\n" + WHOLE,
    "an empty line after the body": OK + TYPE + LENGTH + b"\r\n" + WHOLE + b"\r\n",
    "a header in two lines": OK + TYPE + b"X: y\r\n z\r\n" + LENGTH + b"\r\n" + WHOLE,
    "a header with nothing": OK + TYPE + b"X:\r\n" + LENGTH + b"\r\n" + WHOLE,
    "a header in other letters": OK + TYPE + "X: 漢ö\r\n".encode() + b"Y: \xf6\x01\r\n" + LENGTH + b"\r\n" + WHOLE,
    "a long header": OK + TYPE + b"X: %b\r\n" % (b"y" * 90_000) + LENGTH + b"\r\n" + WHOLE,
    "a header twice": OK + TYPE + TYPE + b"Date: x\r\nDate: y\r\nServer: x\r\nServer: y\r\n" + LENGTH + b"\r\n" + WHOLE,
    "cookies of any kind": OK + TYPE + b'Set-Cookie: =; ;"x\r\nSet-Cookie: \xf6=y\r\n' + LENGTH + b"\r\n" + WHOLE,
    "answers before the answer": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n"
    + (OK + TYPE + LENGTH + b"\r\n" + WHOLE),
    "an offer of HTTP/2": OK + TYPE + b"Connection: Upgrade\r\nUpgrade: h2,h2c\r\n" + LENGTH + b"\r\n" + WHOLE,
    "chunks with more than a length": OK + TYPE + CHUNKED + b"\r\n" + CHUNKS.replace(b"\r\n", b';x="y z"\r\n', 1),
    "chunks with spaces and zeros": OK + TYPE + CHUNKED + b"\r\n000" + CHUNKS.replace(b"\r\n", b"  \r\n", 1),
    "headers after the chunks": OK + TYPE + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"X: y\r\n\r\n",
}
"""What both accept."""


@pytest.mark.parametrize("raw", [*TOO_ODD_FOR_ONE.values(), *ODD.values()], ids=[*TOO_ODD_FOR_ONE, *ODD])
async def test_odd_http_is_understood(raw: bytes) -> None:
    async with opened(sends(raw), bounds=PATIENT) as (model, server):
        assert (await heard(model))[0] == "hello"
        first = server.requests
        assert (await heard(model))[0] == "hello"
    odd = raw in TOO_ODD_FOR_ONE.values()
    # What aiohttp refused is asked for once more; then it is known that it need not be asked.
    assert (first, server.requests - first) == (1 + odd, 1)


@pytest.mark.parametrize("closes", [ends, breaks_off], ids=["closed", "broken off"])
@pytest.mark.parametrize("body", [LENGTH + b"\r\n" + WHOLE, CHUNKED + b"\r\n" + CHUNKS], ids=["length", "chunks"])
async def test_a_connection_that_ends_with_an_answer_costs_nothing(closes: Callable[..., Script], body: bytes) -> None:
    async with opened(closes(OK + TYPE + body), bounds=PATIENT) as (model, server):
        assert [(await heard(model))[0] for _ in range(5)] == ["hello"] * 5
        assert server.requests == 5


async def test_a_stream_in_odd_http_is_one() -> None:
    head = STREAM[:-2] + b"Content-Length: 0\r\n" + CHUNKED + b"\r\n"
    assert (await answer(sends(head, chunks(HELLO, STOP, DONE))))[0] == "hello"


async def test_many_that_meet_odd_http_at_once_share_what_understands_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = 0
    transport = httpx2.AsyncHTTPTransport

    def make(*args: Any, **options: Any) -> httpx2.AsyncHTTPTransport:
        nonlocal made
        made += 1
        return transport(*args, **options)

    monkeypatch.setattr(httpx2, "AsyncHTTPTransport", make)
    caplog.set_level(logging.INFO)
    async with opened(sends(TOO_ODD_FOR_ONE["a length twice"]), bounds=PATIENT) as (model, server):
        answers = await asyncio.gather(*(heard(model) for _ in range(30)))
        assert {text for text, _ in answers} == {"hello"}
    assert made == 1
    assert "odd HTTP" in caplog.text
    async with asyncio.timeout(5):
        while server.open:
            await asyncio.sleep(0.01)


async def test_what_nobody_understands_is_told_and_asked_strictly_again() -> None:
    async def junk(send: Send) -> None:
        await send(b"SSH-2.0\r\n\r\n")
        raise ConnectionError

    async with opened(*[junk] * 6, sends(OK + TYPE + LENGTH + b"\r\n" + WHOLE), bounds=PATIENT) as (model, server):
        with pytest.raises(ModelError, match="no_http"):
            await heard(model)
        assert (await heard(model))[0] == "hello"
        assert server.requests == 7


BAD = [b"0x5\r\n", b" 5\r\n", b"\r\n", b"five\r\n", b"\xff\r\n", b"5\r\nhello!!\r\n"]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("apart", [True, False], ids=["later", "at once"])
async def test_a_bad_chunk_ends_an_answer_at_once(bad: bytes, apart: bool) -> None:
    head, words = STREAM[:-2] + CHUNKED + b"\r\n", b"%x\r\n%b\r\n" % (len(HELLO), HELLO)

    def script(*pieces: bytes) -> Script:
        async def send_all(send: Send) -> None:
            for piece in pieces if apart else [b"".join(pieces)]:
                await send(piece)
                await asyncio.sleep(0.01 * apart)

        return send_all

    async with asyncio.timeout(PATIENT.silence / 2):
        assert await answer(script(head, words, bad)) == ("hello", None)
        error, _ = await failure(script(head, bad))
    assert error.code == "no_answer"


@pytest.mark.parametrize("cancelled", [True, False])
async def test_an_answer_that_nobody_wants_any_more_leaves_no_connection(cancelled: bool) -> None:
    head = STREAM[:-2] + b"Content-Length: 0\r\n" + CHUNKED + b"\r\n"
    script = sends_forever(head, chunks(HELLO).removesuffix(chunks()), pause=0.01)
    async with opened(script, bounds=PATIENT) as (model, server):
        begun = asyncio.Event()

        async def read() -> None:
            async with aclosing(model.stream(PROMPT)) as pieces:
                async for _ in pieces:
                    begun.set()
                    if not cancelled:
                        return

        reading = asyncio.create_task(read())
        await begun.wait()
        if cancelled:
            reading.cancel()
        await asyncio.wait([reading])
        async with asyncio.timeout(5):
            while server.open:
                await asyncio.sleep(0.01)


async def test_what_was_opened_for_odd_servers_is_closed() -> None:
    request = httpx2.Request("POST", "http://127.0.0.1", content=b"{}")
    async with open_bare(sends(TOO_ODD_FOR_ONE["a length twice"])) as server:
        request.url = request.url.copy_with(port=int(server.base_url.rpartition(":")[2].removesuffix("/v1")))
        async with open_transport(ssl.create_default_context(), proxy="") as transport:
            response = await transport.handle_async_request(request)
            assert await response.aread() == WHOLE
            assert server.open == 1
        await asyncio.wait_for(server.closed.wait(), 5)
