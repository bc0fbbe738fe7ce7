"""A model server with an OpenAI-compatible API whose answers take exactly as long as a script says."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from aiohttp import web

FIRST, LAST = "Certainly", "Goodbye."
"""The words with which every answer begins and ends, and by which it is known from a placeholder."""

WORDS = ("a ", "thread ", "is ", "the ", "session", ", ", "and ", "**bold** ", "`code` ", "words", ".\n\n", "- ")


@dataclass(frozen=True, slots=True)
class Script:
    """An answer and its times in seconds: its first piece comes after `wait`, the others over `spread`."""

    pieces: tuple[str, ...]
    wait: float
    spread: float
    status: int = 200
    """Any other: the answer is refused with that status of HTTP, after `wait`."""
    cut: bool = False
    """The connection breaks after the last piece."""


def answer(pieces: int, *, wait: float, spread: float) -> Script:
    """An answer of so many pieces, each about as long as a token; the last one comes when `spread` is over."""
    between = islice(cycle(WORDS), max(pieces - 2, 0))
    return Script((f"{FIRST}, ", *between, LAST), wait, spread)


def whole(characters: int, *, wait: float, hold: float) -> Script:
    """An answer that comes whole in one piece; its end is told `hold` seconds later."""
    text = f"{FIRST}, {'words and words ' * (characters // 16)}{LAST}"
    return Script((text,), wait, hold)


@dataclass(slots=True)
class Model:
    """The open server; `script` is what it answers next, and `base_url` is for an OpenAI client."""

    script: Script
    base_url: str = ""
    choose: Callable[[str], Script] | None = None
    """Chooses the script by the last message that the model is given, instead of `script`."""
    asked: int = 0
    """How often it was asked for an answer."""
    answered: int = 0
    """How many answers went out whole."""
    ends: dict[int, float] = field(default_factory=dict)
    """When the last byte of the answer to each numbered question went out, in seconds of the performance counter."""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Stream the scripted answer to whatever is asked."""
        asked = await request.json()
        self.asked += 1
        script = self.choose(str(asked["messages"][-1]["content"])) if self.choose else self.script
        if script.status != 200:
            return await _refuse(script)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        # A bot that is stopped hangs up, which is no error of this server's.
        with suppress(ConnectionError):
            await response.write(_chunk({"role": "assistant", "content": "", "refusal": None}))
            await _speak(response, script)
            if script.cut and request.transport is not None:
                request.transport.abort()
                return response
            await response.write(_chunk({}, finish="stop"))
            if (asked.get("stream_options") or {}).get("include_usage"):
                await response.write(_event(choices=[], usage=_usage(script)))
            await response.write(b"data: [DONE]\n\n")
            self.answered += 1
            self.ends[_number(asked)] = time.perf_counter()
        return response


@asynccontextmanager
async def open_model(script: Script) -> AsyncIterator[Model]:
    """Open the server on a free port of this machine."""
    model = Model(script)
    application = web.Application()
    application.router.add_post("/v1/chat/completions", model.complete)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    try:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        model.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield model
    finally:
        await runner.cleanup()


def _number(asked: dict[str, Any]) -> int:
    """The number of the question that is asked, which is the last one in the conversation; 0 if there is none."""
    numbers = re.findall(r"question (\d+)", json.dumps(asked["messages"]))
    return int(numbers[-1]) if numbers else 0


async def _refuse(script: Script) -> web.Response:
    await asyncio.sleep(script.wait)
    error = {"message": "no", "type": "server_error", "code": None}
    return web.json_response({"error": error}, status=script.status)


async def _speak(response: web.StreamResponse, script: Script) -> None:
    clock = asyncio.get_running_loop().time
    begins = clock() + script.wait
    step = script.spread / max(len(script.pieces) - 1, 1)
    for number, piece in enumerate(script.pieces):
        await asyncio.sleep(begins + number * step - clock())
        await response.write(_chunk({"content": piece}))
    await asyncio.sleep(begins + script.spread - clock())


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    return _event(choices=[{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}])


def _event(**fields: Any) -> bytes:
    """One server-sent event, with all that OpenAI's own server puts into each."""
    head = {
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        "object": "chat.completion.chunk",
        "created": 1_741_569_952,
        "model": "scripted-1",
        "service_tier": "default",
        "system_fingerprint": "fp_44709d6fcb",
    }
    return f"data: {json.dumps(head | fields, separators=(',', ':'))}\n\n".encode()


def _usage(script: Script) -> dict[str, int]:
    tokens = len(script.pieces)
    return {"prompt_tokens": 20, "completion_tokens": tokens, "total_tokens": 20 + tokens}
