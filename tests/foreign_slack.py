"""A Slack server with the least that one can have: four methods, a socket, and nothing that the playground knows.

It says no hello, answers unknown methods as it is told, and takes forms and JSON alike.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web


@dataclass
class ForeignSlack:
    unknown: str = "json"
    api_url: str = ""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    acks: list[str] = field(default_factory=list)
    _socket: web.WebSocketResponse | None = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        body: dict[str, Any] = await request.json() if "json" in request.content_type else {**await request.post()}
        match name:
            case "auth.test":
                return _ok(user_id="U1", user="hakase", team_id="T1")
            case "apps.connections.open":
                return _ok(url=f"ws://{request.host}/socket")
            case "chat.postMessage":
                ts = f"{2_000_000_000 + next(self._numbers)}.000100"
                self.messages[ts] = body
                return _ok(ts=ts, channel=body["channel"])
            case "chat.update":
                self.messages[body["ts"]] |= body
                return _ok(ts=body["ts"], channel=body["channel"])
        match self.unknown:
            case "json":
                return web.json_response({"ok": False, "error": "unknown_method"})
            case "text":
                return web.Response(status=404, text="404: Not Found")
            case "html":
                return web.Response(text="<html>hello</html>", content_type="text/html")
            case _:
                return _ok()

    async def socket(self, request: web.Request) -> web.StreamResponse:
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        async for frame in self._socket:
            if frame.type is WSMsgType.TEXT:
                self.acks.append(json.loads(frame.data)["envelope_id"])
        return self._socket

    async def send(self, event: dict[str, Any]) -> None:
        number = next(self._numbers)
        event = {"user": "U2", "channel": "general", "ts": f"{1_000_000_000 + number}.000100"} | event
        payload = {"type": "event_callback", "event_id": f"Ev{number}", "team_id": "T1", "event": event}
        envelope = {"type": "events_api", "envelope_id": f"e{number}", "payload": payload}
        assert self._socket is not None
        await self._socket.send_json(envelope)

    async def until_said(self, text: str) -> None:
        async with asyncio.timeout(10):
            while not any(text in message["text"] for message in self.messages.values()):
                await asyncio.sleep(0.02)

    async def until_acked(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.acks) != count:
                await asyncio.sleep(0.02)


def _ok(**fields: Any) -> web.Response:
    return web.json_response({"ok": True, **fields})


@asynccontextmanager
async def open_foreign_slack(unknown: str) -> AsyncIterator[ForeignSlack]:
    slack = ForeignSlack(unknown)
    application = web.Application()
    application.router.add_post("/somewhere/{method}", slack.method)
    application.router.add_get("/socket", slack.socket)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.api_url = f"http://127.0.0.1:{runner.addresses[0][1]}/somewhere"
        yield slack
    finally:
        await runner.cleanup()
