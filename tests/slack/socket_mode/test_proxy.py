"""The socket goes through the proxy of the environment, unless its host is excepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from chathakase.core.errors import StartError
from tests.slack.socket_mode.bare_slack import BareSlack
from tests.slack.socket_mode.listening import listening

ELSEWHERE = "ws://slack.invalid"


@dataclass
class Proxy:
    """Takes every request to one server, whatever it was addressed to."""

    target: int
    asked: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, rest = head.split(b"\r\n", 1)
        method, address, version = line.decode().split()
        self.asked.append(address)
        url = urlsplit(address)
        onward, back = await asyncio.open_connection("127.0.0.1", self.target)
        back.write(f"{method} {url.path}?{url.query} {version}\r\n".encode() + rest)
        self.tasks += [asyncio.create_task(pump(reader, back)), asyncio.create_task(pump(onward, writer))]


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def open_proxy(slack: BareSlack) -> AsyncIterator[tuple[str, Proxy]]:
    proxy = Proxy(urlsplit(slack.api_url).port or 0)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
    await asyncio.gather(*proxy.tasks)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])
async def test_the_socket_goes_through_the_proxy(name: str, slack: BareSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.url = ELSEWHERE
    async with open_proxy(slack) as (address, proxy):
        monkeypatch.setenv(name, address)
        async with listening(slack.api_url) as listener:
            await slack.lines[0].event(1)
            await listener.until(lambda: listener.texts == ["1"])
            await slack.lines[0].send({"type": "disconnect", "reason": "refresh_requested"})
            await listener.until(lambda: listener.gaps)
        assert len(proxy.asked) == 2
        assert all("slack.invalid" in address for address in proxy.asked)


async def test_an_excepted_host_is_reached_directly(slack: BareSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.url = ELSEWHERE
    async with open_proxy(slack) as (address, proxy):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("NO_PROXY", "slack.invalid")
        with pytest.raises(StartError):
            async with listening(slack.api_url):
                pass
        assert proxy.asked == []
