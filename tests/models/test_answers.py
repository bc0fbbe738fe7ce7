"""An answer is read in whatever shape servers send it, and is over when they say so, in their own words."""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Usage
from chathakase.engine.model.short_text import ask
from chathakase.models.bounds import Bounds
from tests.model_server import chunk
from tests.models.bare_model import PROMPT, heard, opened
from tests.models.bare_server import (
    DONE,
    JSON,
    STOP,
    STREAM,
    USAGE,
    Script,
    Send,
    breaks_off,
    ends,
    sends,
    sends_forever,
)
from tests.models.conftest import Later

pytestmark = pytest.mark.usefixtures("outside")

PATIENT = Bounds(1_000, at_once=10_000, in_all=50_000, beginning=60, silence=60, ending=0.05)
HELLO = chunk({"content": "hello"})
COUNTS = {"prompt_tokens": 11, "completion_tokens": 7}


async def answer(*scripts: Script, bounds: Bounds = PATIENT) -> tuple[str, FinishReason | None]:
    async with opened(*scripts, bounds=bounds) as (model, _):
        text, finished = await heard(model)
        return text, finished.reason


async def failure(*scripts: Script) -> tuple[ModelError, int]:
    """How a server fails, and how often it was asked."""
    async with opened(*scripts, bounds=PATIENT) as (model, server):
        with pytest.raises(ModelError) as failed:
            await heard(model)
        return failed.value, server.requests


def finishes(reason: object, text: str = "hello") -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return f"data: {json.dumps({'model': 'm', 'choices': [choice]})}\n\n".encode()


def frame(document: object) -> bytes:
    return f"data: {json.dumps(document)}\n\n".encode()


def document(content: object = "hello", **fields: Any) -> bytes:
    return json.dumps(
        {"model": "m", "choices": [{"message": {"role": "assistant", "content": content}} | fields]}
    ).encode()


@pytest.mark.parametrize(
    "script",
    [
        ends(STREAM, finishes("stop")),
        ends(STREAM, finishes(""), finishes("", " there"), DONE),
        ends(STREAM, HELLO, b"data: [DONE]"),
        ends(STREAM, HELLO, STOP.rstrip()),
        ends(STREAM, HELLO, b'data: {"type": "ping"}\n\ndata: ping\n\ndata: null\n\ndata: {}\n\n', STOP),
        ends(STREAM, b": OPENROUTER PROCESSING\n\nretry: 3000\nevent: message\n\n", HELLO, DONE),
        sends(STREAM, HELLO, STOP),
        breaks_off(STREAM, HELLO, STOP),
        sends_forever(STREAM + HELLO + STOP, b": keep-alive\n\n", pause=0.01),
        sends_forever(STREAM + HELLO + DONE, b": keep-alive\n\n", pause=0.01),
        ends(JSON, document()),
        ends(JSON, document(finish_reason=None)),
        ends(STREAM, document()),
        ends(b"HTTP/1.1 200 OK\r\n\r\n\r\n", document()),
        ends(JSON, HELLO, STOP, DONE),
        ends(JSON, HELLO.removeprefix(b"data: "), STOP.removeprefix(b"data: ")),
        ends(JSON, document([{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "hello"}])),
    ],
    ids=[
        *("a reason with text", "empty reasons", "a torn end", "a torn reason", "pings of JSON", "comments first"),
        *("silence after the reason", "a reset after the reason", "pings after the reason", "pings after the end"),
        *("not streamed", "no reason", "JSON called a stream", "JSON called nothing", "a stream called JSON"),
        *("lines of JSON", "parts"),
    ],
)
async def test_an_answer_is_whole_once_anything_says_so(script: Script) -> None:
    text, reason = await answer(script)
    assert (text.removesuffix(" there"), reason) == ("hello", FinishReason.WHOLE)


@pytest.mark.parametrize("script", [ends(STREAM, HELLO), ends(STREAM, HELLO, b'data: {"choices": [{"del')])
async def test_an_answer_of_which_nothing_says_that_it_is_whole_is_cut(script: Script) -> None:
    assert await answer(script) == ("hello", None)


async def test_a_connection_that_breaks_off_cuts_an_answer_and_says_no_more() -> None:
    chunked = STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    assert await answer(ends(chunked, b"%x\r\n%b\r\n" % (len(HELLO), HELLO))) == ("hello", None)


async def test_words_after_a_reason_are_waited_for(later: Later) -> None:
    async def script(send: Send) -> None:
        await send(STREAM)
        for _ in range(5):
            await send(finishes("stop", "a"))
            await later(20)
        await later(31)

    assert await answer(script, bounds=replace(PATIENT, ending=30)) == ("aaaaa", FinishReason.WHOLE)


@pytest.mark.parametrize(
    "end",
    [
        STOP + USAGE,
        USAGE + STOP + USAGE,
        chunk({}, finish="stop", usage=COUNTS),
        chunk({}, finish="stop", x_groq={"usage": COUNTS}),
        frame({"choices": [{"delta": {}, "finish_reason": "stop", "usage": COUNTS}]}),
    ],
    ids=["after it", "before and after it", "with it", "groq", "moonshot"],
)
async def test_tokens_are_counted_wherever_a_server_counts_them(end: bytes) -> None:
    async with opened(ends(STREAM, HELLO, end), bounds=PATIENT) as (model, _):
        _, finished = await heard(model)
    assert (finished.reason, finished.usage) == (FinishReason.WHOLE, Usage(11, 7))


@pytest.mark.parametrize(
    ("reasons", "ending"),
    [
        (("stop", "STOP", "FinishReason.STOP", "FINISH_REASON_STOP"), FinishReason.WHOLE),
        (
            ("eos_token", "eos", "stop_sequence", "end_turn", "COMPLETE", "STOP_SEQUENCE", "eosFound"),
            FinishReason.WHOLE,
        ),
        (({"type": "stop", "matched": 2},), FinishReason.WHOLE),
        (
            ("length", "max_tokens", "MAX_TOKENS", "maxTokens", "model_length", "FinishReason.MAX_TOKENS"),
            FinishReason.LENGTH,
        ),
        (("model_context_window_exceeded", "token_limit", "ERROR_LIMIT", "max_output_tokens"), FinishReason.LENGTH),
        (("content_filter", "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"), FinishReason.FILTERED),
        (("sensitive", "refusal", "content_filtered", "guardrail_intervened", "ERROR_TOXIC"), FinishReason.FILTERED),
        (("tool_calls", "function_call", "tool_use", "MALFORMED_FUNCTION_CALL", "toolCalls"), FinishReason.TOOLS),
        (
            ("error", "network_error", "insufficient_system_resource", "abort", "cancelled", "OTHER"),
            FinishReason.FAILED,
        ),
        (("pause_turn", "time_limit", "ERROR", "TIMEOUT", "modelUnloaded", "LANGUAGE"), FinishReason.FAILED),
        (("because", "stop and go", 7, ["stop"], "x" * 100, "終わり"), FinishReason.UNKNOWN),
    ],
)
async def test_reasons_mean_the_same_in_every_servers_words(reasons: tuple[object, ...], ending: FinishReason) -> None:
    async with opened(*[ends(STREAM, finishes(reason)) for reason in reasons], bounds=PATIENT) as (model, _):
        assert [(await heard(model))[1].reason for _ in reasons] == [ending] * len(reasons)


@pytest.mark.parametrize("reason", ["null", "None", "FINISH_REASON_UNSPECIFIED", "not_finished", False, {}])
async def test_some_reasons_say_that_there_is_more_to_come(reason: object) -> None:
    assert await answer(ends(STREAM, finishes(reason), finishes("stop", "!"))) == ("hello!", FinishReason.WHOLE)
    assert await answer(ends(STREAM, finishes(reason))) == ("hello", None)


async def test_each_unknown_reason_is_logged_once_without_words_of_people(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    reasons = ["brand_new", "brand_new", "they said swordfish", "other words of theirs", "length", "another"]
    async with opened(*[ends(STREAM, finishes(reason)) for reason in reasons], bounds=PATIENT) as (model, _):
        for _ in reasons:
            await heard(model)
        await heard(model.named("other"))
    told = [record.getMessage() for record in caplog.records if "unknown reason" in record.getMessage()]
    assert [text.rpartition(": ")[2] for text in told] == ["brand_new", "not a plain word", "another"]


async def test_a_short_text_is_whole_for_the_same_reasons() -> None:
    async with opened(ends(STREAM, finishes("eos_token")), ends(STREAM, finishes("network_error")), bounds=PATIENT) as (
        model,
        _,
    ):
        assert (await ask(model, PROMPT)).text == "hello"
        with pytest.raises(ModelError, match="server_error"):
            await ask(model, PROMPT)


def in_a_choice(**error: object) -> bytes:
    choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error", "error": error}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (in_a_choice(code=502, message="Upstream error"), "http_502"),
        (in_a_choice(code=429, message="Rate limit exceeded"), "http_429"),
        (in_a_choice(code="server_error", message="Provider disconnected"), "server_error"),
        (in_a_choice(code=400, message="maximum context length is 8192 tokens"), "context_length_exceeded"),
        (finishes("error", "") + frame({"error": {"code": 502, "message": "no"}}), "http_502"),
        (
            frame({"error": {"code": 502, "message": "no"}, "choices": [{"delta": {}, "finish_reason": "error"}]}),
            "http_502",
        ),
        (frame({"error": {"message": "no", "type": "rate_limit_error", "code": "429"}}), "http_429"),
        (frame({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}), "http_503"),
        (frame({"error": {"code": 503, "status": "UNAVAILABLE", "message": "no"}}), "http_503"),
        (frame([{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}]), "http_429"),
        (frame({"object": "error", "message": "no", "type": "InternalServerError", "code": 500}), "http_500"),
        (frame({"error": "model runner has unexpectedly stopped"}), "server_error"),
        (frame({"detail": "Internal error"}), "server_error"),
        (b'event: error\ndata: {"message": "no", "code": 500}\n\n', "http_500"),
        (b'error: {"code": 500, "message": "no", "type": "server_error"}\n\n', "http_500"),
        (frame({"error": {"message": "no", "code": "insufficient_quota", "type": "rate_limit"}}), "insufficient_quota"),
    ],
    ids=[
        *("openrouter", "openrouter, rate", "openrouter, no status", "openrouter, too long", "an error afterwards"),
        *("an error besides", "litellm", "anthropic", "google", "google's list", "vllm", "ollama", "fastapi"),
        *("a named event", "llama.cpp", "quota"),
    ],
)
async def test_what_a_server_reports_in_mid_stream_is_told_as_what_it_is(report: bytes, code: str) -> None:
    for words in (b"", HELLO):
        error, requests = await failure(ends(STREAM + words, report))
        assert (error.code, requests) == (code, 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (document(error={"code": 502, "message": "no"}, finish_reason="error"), "http_502"),
        (b'[{"error": {"code": 503, "status": "UNAVAILABLE"}}]', "http_503"),
        (b'{"error": {"message": "no"}, "choices": []}', "server_error"),
        (b"{}", "unreadable"),
        (b"<html>Welcome!</html>", "not_here"),
    ],
    ids=["in a choice", "a list", "an error", "no answer", "a web page"],
)
async def test_the_same_in_one_piece(body: bytes, code: str) -> None:
    for head in (JSON, STREAM):
        error, requests = await failure(ends(head, body))
        assert (error.code, requests) == (code, 1)


async def test_what_a_server_calls_its_stream_means_nothing() -> None:
    """PHP calls everything HTML that is called nothing else."""
    head = STREAM.replace(b"text/event-stream", b"text/html; charset=UTF-8")
    assert await answer(ends(head, HELLO, STOP, DONE)) == ("hello", "stop")


EMPTY = {
    "nothing": STREAM,
    "only an end": STREAM + DONE,
    "only comments": STREAM + b": ping\n\nretry: 3\n\n",
    "no choices": STREAM + chunk() + DONE,
    "a role": STREAM + chunk({"role": "assistant", "content": ""}),
    "no body": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "JSON without choices": JSON + b'{"choices": []}',
    "JSON that is missing": JSON,
}


@pytest.mark.parametrize("empty", EMPTY.values(), ids=EMPTY)
async def test_who_streams_nothing_is_asked_once_more_for_it_in_one_piece(empty: bytes) -> None:
    async with opened(ends(empty), ends(JSON, document()), bounds=PATIENT) as (model, server):
        assert await heard(model) == ("hello", Finished(FinishReason.WHOLE, "m"))
        assert server.requests == 2
    error, requests = await failure(ends(empty))
    assert (error.code, requests) == ("no_answer", 2)


async def test_what_is_wrong_is_told_in_one_piece() -> None:
    refusal = b"HTTP/1.1 %d No\r\nConnection: close\r\n\r\n%b"
    too_long = b'{"error": {"message": "Requested tokens (9000) exceed context window of 4096"}}'
    error, _ = await failure(ends(STREAM), ends(refusal % (400, too_long)))
    assert (error.code, error.limit) == ("context_length_exceeded", 4096)
    error, _ = await failure(ends(STREAM), ends(refusal % (400, b'{"error": "only streaming is supported"}')))
    assert error.code == "no_answer"
    error, _ = await failure(ends(STREAM), ends(refusal % (401, b"")))
    assert error.code == "http_401"


async def test_an_empty_answer_that_a_server_calls_one_is_one() -> None:
    assert await answer(ends(STREAM, STOP, DONE)) == ("", FinishReason.WHOLE)


async def test_an_answer_may_take_as_long_to_begin_as_is_set_and_no_longer() -> None:
    async def slow(send: Send) -> None:
        await asyncio.sleep(0.2)
        await send(STREAM)
        await asyncio.sleep(0.2)
        await send(HELLO + STOP + DONE)

    assert await answer(slow, bounds=replace(PATIENT, beginning=20, silence=0.1)) == ("hello", FinishReason.WHOLE)
    async with opened(slow, bounds=replace(PATIENT, beginning=0.3)) as (model, _):
        with pytest.raises(ModelError, match="timeout"):
            await heard(model.named("other", max_tokens=5))
