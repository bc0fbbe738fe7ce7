"""What comes to the playground's servers besides Slack's and the page's own requests."""

import asyncio
import logging
from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import urlsplit

import pytest

from chathakase.playground import bad_requests
from chathakase.playground.model.model_server import open_model
from chathakase.playground.server import open_workspace
from tests.junk import JUNK, SECRET, send

pytestmark = pytest.mark.usefixtures("outside")

BODIES = {
    "application/json": (b"\xff", b"{", b"[" * 5_000),
    "application/json; charset=swordfish": (b"{}",),
    "application/x-www-form-urlencoded": (b"\xff\xfe", b"a=%ff&b=%"),
    "multipart/form-data": (b"swordfish",),
    "multipart/form-data; boundary=x": (b"swordfish", b"--x\r\n\xff\r\n\r\n--x--", b"--x\r\n\r\n"),
}
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATHS = ("/api/chat.postMessage", "/upload/v1/x", "/page/upload", "/hooks/a/b/c", "/v1/chat/completions")


@pytest.fixture
async def ports(outside: None) -> AsyncIterator[list[int]]:
    async with open_workspace() as workspace, open_model() as model:
        yield [int(urlsplit(url).port or 0) for url in (workspace.api_url, model.base_url)]


async def test_junk_leaves_no_trace(ports: list[int], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for port in ports:
        for data in JUNK.values():
            await send(port, data)
    assert SECRET not in caplog.text
    assert not [record for record in caplog.records if record.exc_info or record.levelno > logging.DEBUG]


async def test_a_body_that_is_not_what_it_says_is_no_failure_of_ours(
    ports: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    bodies = [(kind, body) for kind, those in BODIES.items() for body in those]
    for port, path, (kind, body) in product(ports, PATHS, bodies):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: {kind}\r\n"
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        answered = await send(port, head.encode() + length + body, wait=20)
        assert answered.startswith(b"HTTP/1.1 "), (path, kind, body)
        assert b" 500 " not in answered[:20], (path, kind, body)
    assert not caplog.records


async def test_whoever_asks_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bad_requests, "IDLE", 0.05)
    async with open_workspace() as workspace:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(workspace.api_url).port)
        writer.write(b"GET / HTTP/1.1\r\nHo")
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()


async def test_a_crowd_is_let_in_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bad_requests, "CONNECTIONS", 5)
    async with open_workspace() as workspace:
        port = urlsplit(workspace.api_url).port or 0
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        for reader, writer in crowd:
            writer.write(ASKED)
            assert await reader.read(100)
        assert await send(port, ASKED, wait=20) == b""
        for _, writer in crowd:
            writer.close()
        while not await send(port, ASKED, wait=20):
            await asyncio.sleep(0.01)
