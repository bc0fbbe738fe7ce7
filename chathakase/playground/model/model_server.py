"""The echo model behind an OpenAI-compatible HTTP server on loopback, without a key.

It speaks what a chat client needs: `POST /v1/chat/completions`, streamed and whole, and `GET /v1/models`.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.bad_requests import bounded, listening, refuse_junk
from chathakase.playground.model.echo import echo, pieces
from chathakase.playground.model.model_faults import ModelFaults
from chathakase.playground.world.values import Json

MODEL = "echo"
BODY_MOST = 16 * 2**20
"""Bytes of one request's body."""


_REFUSALS: Mapping[str | None, tuple[int, str, str]] = {
    "refuse": (400, "The prompt was refused by the content policy.", "content_policy_violation"),
    "overload": (503, "The server is overloaded.", "server_overloaded"),
}
"""The status, sentence and code of an answer to a request that meets a fault."""


@dataclass(frozen=True, slots=True)
class EchoModel:
    """Where the model answers: `base_url` as an OpenAI client takes it, and the model's name."""

    base_url: str
    faults: ModelFaults
    model: str = MODEL


@asynccontextmanager
async def open_model(host: str = "127.0.0.1", port: int = 0, *, delay: float = 0.02) -> AsyncIterator[EchoModel]:
    """The echo model on `host` and `port` (0: a free one), with `delay` seconds before each streamed piece."""
    faults = ModelFaults()
    server = _Server(delay, faults)
    application = web.Application(client_max_size=BODY_MOST, middlewares=[refuse_junk])
    application.router.add_post("/v1/chat/completions", server.complete)
    application.router.add_get("/v1/models", _models)
    application.router.add_get("/v1/models/{model}", _model)
    runner = web.AppRunner(application, shutdown_timeout=0.2, handler_cancellation=True, **bounded())
    try:
        await runner.setup()
        async with listening(runner, host, port) as number:
            yield EchoModel(f"http://{host}:{number}/v1", faults)
    finally:
        await runner.cleanup()


class _Server:
    def __init__(self, delay: float, faults: ModelFaults) -> None:
        self._delay = delay
        self._faults = faults

    async def complete(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = await request.json()
            messages = [dict(message) for message in asked["messages"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            return _error(400, "`messages` must be a list of objects in a JSON body.", "invalid_request_error")
        model = asked.get("model")
        if model != MODEL:
            return _no_model(model)
        fault = self._faults.take()
        if fault in _REFUSALS:
            return _error(*_REFUSALS[fault])
        if fault == "slow":
            await asyncio.sleep(self._faults.slow_seconds)
        text = echo(messages)
        usage = _usage(messages, text)
        if asked.get("stream"):
            options = asked.get("stream_options")
            wants_usage = isinstance(options, dict) and bool(options.get("include_usage"))
            return await self._stream(request, text, usage if wants_usage else None, cut=fault == "cut")
        if fault == "cut":
            _break_off(request)
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return web.json_response(_envelope("chat.completion") | {"choices": [choice], "usage": usage})

    async def _stream(self, request: web.Request, text: str, usage: Json | None, *, cut: bool) -> web.StreamResponse:
        """Server-sent events: the role, the text in pieces, the end, perhaps the usage, and `[DONE]`.

        With `cut` the connection breaks after half of the text.
        """
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        head = _envelope("chat.completion.chunk")

        async def send(delta: Json, finish: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
            await response.write(_event(head | {"choices": [choice]}))

        try:
            await send({"role": "assistant", "content": ""})
            for piece in pieces(text[: len(text) // 2] if cut else text):
                await asyncio.sleep(self._delay)
                await send({"content": piece})
            if cut:
                _break_off(request)
                return response
            await send({}, "stop")
            if usage is not None:
                await response.write(_event(head | {"choices": [], "usage": usage}))
            await response.write(b"data: [DONE]\n\n")
            await response.write_eof()
        except ConnectionError:
            pass
        return response


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _event(payload: Json) -> bytes:
    return f"data: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


def _envelope(kind: str) -> Json:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex[:24]}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
    }


def _usage(messages: Sequence[Json], text: str) -> Json:
    """Tokens as a rough count of words, since an echo has no tokenizer."""
    prompt = sum(len(str(message.get("content") or "").split()) for message in messages)
    completion = len(text.split())
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _model_json() -> Json:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "playground"}


async def _models(_request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [_model_json()]})


async def _model(request: web.Request) -> web.Response:
    name = request.match_info["model"]
    return web.json_response(_model_json()) if name == MODEL else _no_model(name)


def _no_model(name: object) -> web.Response:
    return _error(404, f"The model `{name}` does not exist; this server has `{MODEL}`.", "model_not_found")


def _error(status: int, message: str, code: str) -> web.Response:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return web.json_response(body, status=status)
