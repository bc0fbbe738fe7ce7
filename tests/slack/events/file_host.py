"""A server that holds one file, as a test wants it to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp import web

from chathakase.core.files import SharedFile
from chathakase.slack.events.downloads import SlackDownloads
from chathakase.slack.web.client import SlackWeb, web_client
from chathakase.slack.web.identity import Identity

TOKEN = "xoxb-secret"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FileHost:
    """A server that serves one file as the test wants it, and remembers who asked with what token."""

    address: str = ""
    handler: Handler | None = None
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.tokens.append(request.headers.get("Authorization", ""))
        assert self.handler
        return await self.handler(request)

    def file(self, **about: object) -> SharedFile:
        return replace(SharedFile("F1", "a.png", "image/png", 0, f"{self.address}/files/a.png"), **about)  # type: ignore[arg-type]


@asynccontextmanager
async def open_server() -> AsyncIterator[FileHost]:
    server = FileHost()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


def downloads_of(session: aiohttp.ClientSession, api_url: str) -> SlackDownloads:
    """Downloads of a bot whose Slack is that server."""
    client = web_client(session, token=TOKEN, api_url=api_url)
    return SlackDownloads(SlackWeb(client, session, Identity("U1", "B1", "T1", "hakase")))


def answering(*answers: Callable[[], web.StreamResponse]) -> Handler:
    """Give these answers one after another, the last for ever."""
    left = list(answers)

    async def handler(request: web.Request) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])()

    return handler
