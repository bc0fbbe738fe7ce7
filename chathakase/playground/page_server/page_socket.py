"""The page's WebSocket: frames out as things happen, and what people ask for in."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping

from aiohttp import WSMsgType, web

from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.page_server.hub import Hub
from chathakase.playground.page_server.page_outbox import PageOutbox
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World

PAUSE_SECONDS = 0.03
"""The least time between two bursts of frames; what comes in between goes out together."""
HEARTBEAT_SECONDS = 20.0
FRAME_MOST = 2**20
"""Bytes of one frame from the page."""


log = logging.getLogger(__name__)


class PageSocket:
    """Serves every page's connection; `hello` is what the first frame tells beside its type."""

    def __init__(self, world: World, hub: Hub, deeds: Mapping[str, Deed], hello: Json) -> None:
        self._world = world
        self._hub = hub
        self._deeds = deeds
        self._hello = hello
        self._open: set[web.WebSocketResponse] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it goes."""
        ws = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=FRAME_MOST, timeout=0.25)
        await ws.prepare(request)
        self._open.add(ws)
        try:
            with self._hub.page() as outbox:
                await self._serve(ws, outbox)
        except* ConnectionError:
            await ws.close()
        finally:
            self._open.discard(ws)
        return ws

    async def _serve(self, ws: web.WebSocketResponse, outbox: PageOutbox) -> None:
        await _send(ws, [{"type": "hello", **self._hello}, *self._hub.snapshot()])
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._send_on(ws, outbox), name="playground page: frames")
            asked: set[asyncio.Task[None]] = set()
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    task = group.create_task(self._answer(message.data, outbox), name="playground page: deed")
                    asked.add(task)
                    task.add_done_callback(asked.discard)
            for task in (sending, *asked):
                task.cancel()

    async def _send_on(self, ws: web.WebSocketResponse, outbox: PageOutbox) -> None:
        while True:
            batch = await outbox.take()
            if batch.missed:
                await _send(ws, self._hub.snapshot())
            await _send(ws, batch.frames)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answer(self, text: str, outbox: PageOutbox) -> None:
        """Do what one frame asks for; the page gets an answer and keeps its connection even if a deed breaks."""
        asked = _parsed(text)
        answer: Json = {"type": "answer", "id": asked.get("id")}
        try:
            result = await self._do(asked)
        except SlackError as error:
            answer |= {"ok": False, "error": error.code, "detail": _detail(error)}
        except Exception:
            log.exception("The deed %s failed", asked.get("do"))
            answer |= {"ok": False, "error": "internal_error", "detail": ""}
        else:
            answer |= {"ok": True, "result": result}
        outbox.put(answer)

    async def _do(self, asked: Json) -> Json:
        deed = self._deeds.get(str(asked.get("do")))
        if deed is None:
            raise SlackError("unknown_deed")
        user = self._world.users.get(str(asked.get("as")))
        if user is None or user.is_bot:
            raise SlackError("user_not_found")
        return await deed(Ask(user, Arguments(asked)))

    async def aclose(self) -> None:
        """Close every page's connection."""
        await asyncio.gather(*(ws.close() for ws in tuple(self._open)), return_exceptions=True)


async def _send(ws: web.WebSocketResponse, frames: Iterable[Json]) -> None:
    for frame in frames:
        await ws.send_str(json.dumps(frame, ensure_ascii=False))


def _parsed(text: str) -> Json:
    try:
        asked = json.loads(text)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _detail(error: SlackError) -> str:
    """What an error says beside its code."""
    metadata = error.details.get("response_metadata")
    messages = metadata.get("messages", ()) if isinstance(metadata, dict) else ()
    return " ".join(str(message) for message in messages) or str(error.details.get("detail", ""))
