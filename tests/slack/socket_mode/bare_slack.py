"""As little of a Slack as a socket needs, and as odd as a test wants it; addresses serve once."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import WSMsgType, web

Answer: TypeAlias = Callable[[], web.Response]
Manner: TypeAlias = Callable[["BareSocket"], Awaitable[object]]
HELLO = {"type": "hello", "num_connections": 1}


def refused(error: str) -> Answer:
    return lambda: web.json_response({"ok": False, "error": error})


def too_fast(seconds: int) -> Answer:
    headers = {"Retry-After": str(seconds)}
    return lambda: web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


@dataclass(eq=False)
class BareSocket:
    """One WebSocket, from Slack's side."""

    ws: web.WebSocketResponse
    transport: asyncio.Transport
    acks: list[str] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, frame: Any) -> None:
        await self.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def event(self, number: int, **more: Any) -> None:
        event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U2", "text": str(number)}
        payload = {"type": "event_callback", "event": event | {"ts": f"{1_000_000_000 + number}.000100"}}
        await self.send({"type": "events_api", "envelope_id": f"e{number}", "payload": payload} | more)

    async def hear(self) -> None:
        async for frame in self.ws:
            if frame.type is WSMsgType.TEXT:
                self.acks.append(json.loads(frame.data)["envelope_id"])

    def fall_silent(self) -> None:
        """Answer nothing any more, not even a goodbye."""
        self.transport.pause_reading()


async def greet(line: BareSocket) -> None:
    await line.send(HELLO)


@dataclass
class BareSlack:
    api_url: str = ""
    asked: list[float] = field(default_factory=list)
    """When an address was asked for."""
    lines: list[BareSocket] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    """What is answered to who asks for an address, before it works."""
    answer: Answer | None = None
    """The same, for as long as it stands here."""
    manner: Manner = greet
    """What happens first on a new socket."""
    url: str = ""
    """The address of sockets, if it is to be another than the server's own."""
    _tickets: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=itertools.count)

    @property
    def open(self) -> list[BareSocket]:
        return [line for line in self.lines if not line.closed.is_set()]

    async def auth(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1", "user": "hakase"})

    async def connections(self, request: web.Request) -> web.Response:
        self.asked.append(time.monotonic())
        if self.answers or self.answer:
            return (self.answers.popleft() if self.answers else self.answer)()  # type: ignore[misc]
        ticket = str(next(self._numbers))
        self._tickets.add(ticket)
        return web.json_response({"ok": True, "url": f"{self.url or f'ws://{request.host}'}/link?ticket={ticket}"})

    async def link(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=403)
        self._tickets.remove(request.query["ticket"])
        ws = web.WebSocketResponse(timeout=0.1, max_msg_size=0)
        await ws.prepare(request)
        assert request.transport is not None
        line = BareSocket(ws, request.transport)
        self.lines.append(line)
        try:
            await self.manner(line)
            await line.hear()
        finally:
            line.closed.set()
        return ws


@asynccontextmanager
async def open_bare_slack() -> AsyncIterator[BareSlack]:
    slack = BareSlack()
    application = web.Application()
    application.add_routes(
        [
            web.post("/api/auth.test", slack.auth),
            web.post("/api/apps.connections.open", slack.connections),
            web.get("/link", slack.link),
        ]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.api_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield slack
    finally:
        for line in slack.open:
            line.transport.abort()
        await runner.cleanup()
