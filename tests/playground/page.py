"""The page's end of its WebSocket, by hand."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from chathakase.playground import Workspace
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from tests.playground.clients import ALICE


@dataclass
class PageClient:
    """A page that has been greeted; it keeps all frames that came."""

    ws: aiohttp.ClientWebSocketResponse
    hello: Json
    snapshot: Json
    frames: list[Json] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    read: int = 0

    async def do(self, deed: str, *, user: str = ALICE, **arguments: Any) -> Json:
        """Ask for a deed and wait for its result; SlackError where it is refused."""
        number = next(self.numbers)
        await self.ws.send_str(json.dumps({"id": number, "as": user, "do": deed, **arguments}))
        answer = await self.frame("answer", lambda frame: frame["id"] == number)
        if not answer["ok"]:
            raise SlackError(answer["error"], detail=answer["detail"])
        result: Json = answer["result"]
        return result

    async def frame(self, kind: str, condition: Callable[[Json], bool] = lambda _: True) -> Json:
        """The first frame of a kind that fits, be it one that has come already; it is given once."""
        async with asyncio.timeout(20):
            while True:
                for frame in self.frames:
                    if frame["type"] == kind and condition(frame):
                        self.frames.remove(frame)
                        return frame
                self.frames.append(await self.ws.receive_json())


@asynccontextmanager
async def open_page(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[PageClient]:
    """A page on the workspace."""
    url = f"{workspace.address.replace('http', 'ws')}/page/socket"
    async with session.ws_connect(url, headers={"Origin": workspace.address}) as ws:
        yield PageClient(ws, await ws.receive_json(timeout=20), await ws.receive_json(timeout=20))
