"""A model server that says what a test tells it to say, over HTTP, and keeps what it was asked."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Answer = Callable[[web.Request, Json], Awaitable[web.StreamResponse]]


THREAD = re.compile(r"\A<thread\b.*?</thread>(\n\n|\Z)", re.DOTALL)
LABEL = re.compile(r"^\[([^\],\n]+), \d{4}-\d\d-\d\d \d\d:\d\d [^\]\n]+\] ", re.MULTILINE)


def plain(body: Json) -> Json:
    """A request without what tells where and when things were said."""

    def said(content: Any) -> Any:
        return LABEL.sub(r"[\1] ", THREAD.sub("", content)) if isinstance(content, str) else content

    return body | {"messages": [each | {"content": said(each["content"])} for each in body["messages"]]}


@dataclass
class ModelServer:
    base_url: str = ""
    requests: list[Json] = field(default_factory=list)
    """What was asked, without what tells where and when things were said."""
    bodies: list[Json] = field(default_factory=list)
    """What was asked, just as it came."""
    under_way: int = 0
    most_at_once: int = 0
    gone: int = 0
    """How many answers the client hung up on."""
    _script: deque[Answer] = field(default_factory=deque)
    _by_name: dict[str, Answer] = field(default_factory=dict)

    def will(self, *answers: Answer) -> None:
        """Answer the next requests so; afterwards every answer is ``I heard: …`` again."""
        self._script.extend(answers)

    def on(self, name: str, answer: Answer) -> None:
        """Answer every request for this model so, whatever is scripted for others."""
        self._by_name[name] = answer

    def said(self, request: int = -1) -> str:
        """Everything that a request held, in one text."""
        return "\n".join(str(message["content"]) for message in self.requests[request]["messages"])

    def seen(self, request: int = -1) -> str:
        """Everything that a request held just as it came, in one text."""
        return "\n".join(str(message["content"]) for message in self.bodies[request]["messages"])

    async def asked(self, times: int, *, within: float = 10.0) -> None:
        """Wait until it was asked so many times."""
        async with asyncio.timeout(within):
            while len(self.requests) < times:
                await asyncio.sleep(0.01)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        body = plain(self.bodies[-1])
        self.requests.append(body)
        answer = self._by_name.get(body["model"]) or (
            self._script.popleft() if self._script else says(f"I heard: {body['messages'][-1]['content']}")
        )
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            return await answer(request, body)
        except (ConnectionError, asyncio.CancelledError):
            self.gone += 1
            raise
        finally:
            self.under_way -= 1


def chunk(delta: Json | None = None, *, finish: str | None = None, **fields: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    payload = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "scripted-1", "choices": choices}
    return f"data: {json.dumps(payload | fields)}\n\n".encode()


async def begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    # Azure sends a chunk without choices first, others repeat the role: clients must bear both.
    await response.write(chunk())
    await response.write(chunk({"role": "assistant", "content": ""}))
    return response


def says(
    *pieces: str,
    finish: str | None = "stop",
    usage: Json | None = None,
    pause: float = 0.0,
    wait: asyncio.Event | None = None,
    hold: asyncio.Event | None = None,
) -> Answer:
    """Stream these pieces; ``wait`` is waited for before the first one, ``hold`` after it."""

    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        if wait is not None:
            await wait.wait()
        response = await begin(request)
        for number, piece in enumerate(pieces):
            if number == 1 and hold is not None:
                await hold.wait()
            await response.write(chunk({"content": piece}))
            await asyncio.sleep(pause)
        if len(pieces) < 2 and hold is not None:
            await hold.wait()
        if finish is not None:
            await response.write(chunk({}, finish=finish))
            tokens = usage or {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            await response.write(chunk(usage=tokens))
            await response.write(b"data: [DONE]\n\n")
        return response

    return answer


def fails(status: int, code: str | None = None, *, param: str | None = None, message: str = "no") -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        body = {"error": {"message": message, "type": "error", "code": code, "param": param}}
        return web.json_response(body, status=status)

    return answer


def replies(status: int, body: Any) -> Answer:
    """Answer with any JSON, or with plain text."""

    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        if isinstance(body, str):
            return web.Response(text=body, status=status)
        return web.json_response(body, status=status)

    return answer


def fails_in_html(status: int) -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        return web.Response(text="<html><h1>Bad gateway</h1></html>", status=status, content_type="text/html")

    return answer


def breaks_off_after(*pieces: str) -> Answer:
    """Cut the TCP connection in mid-stream."""

    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        for piece in pieces:
            await response.write(chunk({"content": piece}))
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


def reports_an_error_after(*pieces: str) -> Answer:
    async def answer(request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        for piece in pieces:
            await response.write(chunk({"content": piece}))
        await response.write(b'data: {"error": {"message": "boom", "type": "server_error", "code": null}}\n\n')
        return response

    return answer


def is_silent() -> Answer:
    async def answer(_: web.Request, __: Json) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    return answer


@asynccontextmanager
async def open_model_server() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    application = web.Application(client_max_size=64 * 2**20)
    application.router.add_post("/v1/chat/completions", server.complete)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()
