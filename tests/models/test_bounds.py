"""Whatever a model's server sends, an answer has an end, the connection is closed, and nobody else waits."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import thread_time
from typing import Any

import httpx2
import pytest

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Usage
from chathakase.core.unicode import fix_surrogates
from chathakase.engine.model.short_text import ask
from chathakase.models import bodies
from chathakase.models.answer_parser import AnswerParser
from chathakase.models.bounds import Bounds, bounds_for
from chathakase.models.deadlines import HOLD
from chathakase.models.documents import content_of
from chathakase.models.openai import OpenAIModel, open_model
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
    open_bare_elsewhere,
    sends,
    sends_forever,
)
from tests.models.conftest import Later

pytestmark = pytest.mark.usefixtures("outside")

SMALL = Bounds(100, at_once=1_000, in_all=50_000, beginning=0.1, silence=0.1, lasting=60, ending=0.1)
HURRIED = replace(SMALL, beginning=0.5, silence=0.5, ending=0.5)
"""With time enough to connect, on a busy machine as well."""
ROOMLESS = replace(SMALL, beginning=60, silence=60, ending=60)
PATIENT = Bounds(100, at_once=1_000, in_all=50_000, beginning=60, silence=60, lasting=60, ending=60)
"""With time enough that whatever ends, ends for another reason."""
COUNTED = Usage(11, 7)


async def answer(script: Script, bounds: Bounds = PATIENT) -> tuple[str, str | None]:
    """What a server's answer is, and why it ended; nothing of it may be left open where it was cut."""
    async with opened(script, bounds=bounds) as (model, server):
        text, finished = await heard(model)
        if finished.reason == "too_much":
            await asyncio.wait_for(server.closed.wait(), 20)
            assert not server.open
        return text, finished.reason


async def failure(script: Script, bounds: Bounds = SMALL) -> str:
    async with opened(script, bounds=bounds) as (model, server):
        with pytest.raises(ModelError) as failed:
            await heard(model)
        await asyncio.wait_for(server.closed.wait(), 20)
        return failed.value.code


def delta(**fields: Any) -> bytes:
    return chunk(fields)


def compressed(encoding: str, body: bytes) -> bytes:
    return STREAM[:-2] + f"Content-Encoding: {encoding}\r\n\r\n".encode() + body


def whole(content: object, **fields: Any) -> bytes:
    message = {"role": "assistant", **fields, "content": content}
    return JSON + json.dumps({"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}).encode()


LONG = "word " * 1_000


@pytest.mark.parametrize(
    "script",
    [
        sends_forever(STREAM, delta(content="word ")),
        sends_forever(STREAM, delta(content="w") * 3),
        sends(STREAM, delta(content=LONG[:150])),
        sends(STREAM, delta(content=LONG)),
        sends(STREAM, b"data: " + delta(content=LONG)[6:].replace(b', "', b',\ndata: "')),
        sends(whole(LONG)),
        ends(whole(LONG[:150])),
        sends(whole(LONG, reasoning_content="hm")),
        sends_forever(whole(LONG)[:-60], b" word"),
        sends(STREAM, delta(content="<think>hm</think>" + LONG[:150])),
    ],
    ids=[
        *("many pieces", "small pieces", "one piece", "an endless event", "an event of many lines", "not streamed"),
        *("not streamed, nearly", "not streamed, after a thought", "not streamed, endless", "after a thought"),
    ],
)
async def test_an_answer_has_so_many_characters_and_no_more(script: Script) -> None:
    text, reason = await answer(script)
    assert reason == "too_much"
    assert len(text) == 100
    assert text in (LONG[:100], "w" * 100)


@pytest.mark.parametrize(
    "content", ["日本語" * 1_000, "\N{PARTY POPPER}" * 1_000, '"\\\n' * 1_000], ids=["CJK", "emoji", "escapes"]
)
@pytest.mark.parametrize("escaped", [True, False])
async def test_what_is_cut_is_cut_between_characters(content: str, escaped: bool) -> None:
    body = json.dumps({"choices": [{"message": {"content": content}}]}, ensure_ascii=escaped).encode()
    for end in range(500, 512):
        text = fix_surrogates(await content_of(body[:end], 10_000))
        assert len(text) > 30
        assert content.startswith(text.removesuffix("\ufffd"))


@pytest.mark.parametrize(
    "piece",
    [
        delta(reasoning_content="hm"),
        delta(reasoning="hm", reasoning_content="hm"),
        delta(reasoning_details=[{"type": "reasoning.text", "text": "hm"}]),
        delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
        delta(tool_calls=[{"index": 0, "id": "c", "type": "function", "function": {"arguments": "{"}}]),
        delta(function_call={"name": "f"}),
        delta(refusal="no"),
    ],
    ids=["reasoning_content", "reasoning", "reasoning_details", "parts", "tool_calls", "function_call", "refusal"],
)
async def test_what_is_not_told_has_a_bound_as_well_and_is_a_sign_of_life(piece: bytes) -> None:
    assert await answer(sends_forever(STREAM + delta(content="so: "), piece)) == ("so: ", "too_much")
    parser = AnswerParser(100)
    assert not [*parser.chunk(json.loads(piece[6:]))]
    assert 0 < parser.life <= 10


async def test_a_sign_of_life_has_the_next_one_waited_for(later: Later) -> None:
    async def script(send: Send) -> None:
        await send(STREAM)
        for _ in range(4):
            await later(30)
            await send(delta(reasoning="hm"))
        await send(delta(content="hello") + STOP + DONE)

    assert await answer(script, replace(PATIENT, lasting=3_600)) == ("hello", "stop")


async def test_thoughts_in_the_text_are_counted_by_themselves() -> None:
    assert await answer(sends_forever(STREAM + delta(content="<think>"), delta(content="hm"))) == ("", "too_much")
    shown = STREAM + delta(content="<think>" + "h" * 80 + "</think>" + "w" * 90) + STOP + DONE
    assert await answer(sends(shown)) == ("w" * 90, "stop")


@pytest.mark.parametrize(
    "script",
    [
        sends_forever(STREAM, b": ping\n\n" * 10),
        sends_forever(STREAM, b":" * 100),
        sends_forever(STREAM, b"data: " * 100),
        sends_forever(STREAM, b"data: x\n" * 100),
        sends_forever(STREAM, b"\n" * 100),
        sends_forever(STREAM, delta(content="", padding="x" * 500)),
        sends_forever(STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n:\r\n" * 100),
        sends_forever(compressed("gzip", gzip.compress(b": ping\n" * 1_000)[:-20]), b""),
        sends(compressed("gzip", gzip.compress(b":" * 10_000_000))),
        sends(compressed("deflate", zlib.compress(b": ping\n\n" * 1_000_000))),
    ],
    ids=[
        *("comments", "an endless comment", "an endless line", "an endless event", "blank lines", "padding"),
        *("small chunks of HTTP", "gzip", "a bomb in one line", "a bomb of comments"),
    ],
)
async def test_what_is_read_has_a_bound_whatever_it_is(script: Script) -> None:
    async def after_some_words(send: Send) -> None:
        await script(send)

    text, reason = await answer(
        after_some_words, Bounds(10_000, at_once=1_000, in_all=5_000, beginning=60, silence=60, lasting=0.5)
    )
    assert (text, reason) == ("", "too_much")


@pytest.mark.parametrize(
    "piece",
    [
        b"",
        b": ping\n\n",
        b"\n",
        b"data:\n\n",
        b"data: \n\nid: 7\nevent: ping\nretry: 3000\n\n",
        chunk(),
        delta(role="assistant"),
        delta(content="", role="assistant"),
        delta(content=None, reasoning_content=None, tool_calls=[]),
        delta(tool_calls=[{"index": 0, "id": "call_7", "type": "function", "function": {"arguments": ""}}]),
        chunk(usage={"prompt_tokens": 1, "completion_tokens": 2}),
    ],
    ids=[
        *("silence", "comments", "blank lines", "no data", "ids and names", "no choices", "a role", "no text"),
        *("nulls", "an empty call", "usage"),
    ],
)
async def test_what_is_no_sign_of_life_is_waited_for_no_longer(piece: bytes) -> None:
    assert await failure(sends_forever(STREAM, piece, pause=0.02)) == "timeout"


@pytest.mark.parametrize(
    "script",
    [
        sends_forever(b"", b"", pause=0.02),
        sends_forever(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", pause=0.02),
        sends_forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02),
        sends_forever(JSON, b" ", pause=0.02),
        sends_forever(whole("hello")[:-60], b"x", pause=0.02),
        sends_forever(compressed("gzip", b"\x1f\x8b\x08\x08\0\0\0\0\0\0"), b"name", pause=0.02),
    ],
    ids=["nothing", "headers", "interim answers", "blanks before JSON", "JSON", "a header of gzip"],
)
async def test_what_trickles_is_waited_for_no_longer(script: Script) -> None:
    assert await failure(script) == "timeout"


async def test_words_before_a_silence_stay() -> None:
    pieces: list[object] = []

    async def hear(model: OpenAIModel) -> None:
        async for piece in model.stream(PROMPT):
            pieces.append(piece)

    async with opened(
        sends_forever(STREAM + delta(content="so"), b": ping\n\n", pause=0.02), bounds=replace(SMALL, beginning=60)
    ) as (model, _):
        with pytest.raises(ModelError, match="timeout"):
            await hear(model)
    assert pieces == ["so"]


async def test_an_answer_that_lives_on_for_ever_has_an_end(later: Later) -> None:
    async def script(send: Send) -> None:
        await send(STREAM)
        while True:
            await send(delta(content="w"))
            await later(30)

    bounds = Bounds(10_000, 1_000, 500_000, beginning=60, silence=60, lasting=600)
    text, reason = await answer(script, bounds)
    assert reason == "too_much"
    assert set(text) == {"w"}


async def test_headers_have_a_bound() -> None:
    assert await failure(sends_forever(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1_000), PATIENT) == "no_http"


@pytest.mark.parametrize(
    "script",
    [
        sends(b"x" * 1_000_000),
        sends_forever(b"", b"[{,"),
        sends_forever(b"", b"x", pause=0.02),
        sends(b""),
        breaks_off(b'{"error":'),
    ],
    ids=["long", "endless", "trickling", "unended", "cut"],
)
async def test_no_refusal_is_read_for_long(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "REFUSAL_WITHIN", 0.05)

    async def refusal(send: Send) -> None:
        await send(b"HTTP/1.1 400 Bad\r\n\r\n")
        await script(send)

    assert await failure(refusal, PATIENT) == "http_400"


async def test_nothing_is_read_for_long_that_sends_us_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "REFUSAL_WITHIN", 0.01)
    head = b"HTTP/1.1 307 There\r\nLocation: /v1/%d\r\n\r\n"
    answers = iter([sends_forever(head % 1, b"x", pause=0.01), sends(head % 2, b"x"), ends(whole("hello"))])
    assert await answer(lambda send: next(answers)(send)) == ("hello", "stop")


async def test_a_refusal_that_is_a_bomb_is_read_as_far_as_others() -> None:
    bomb = gzip.compress(b'{"error": "context_length_exceeded' + b" " * 50_000_000)
    head = b"HTTP/1.1 400 Bad\r\nContent-Encoding: gzip\r\n\r\n"
    assert await failure(sends(head + bomb), PATIENT) == "context_length_exceeded"


@pytest.mark.parametrize(
    ("name", "wait"),
    [
        ("Retry-After", "inf"),
        ("Retry-After", "100"),
        ("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT"),
        ("Retry-After-Ms", "100000"),
    ],
)
async def test_nobody_waits_for_as_long_as_a_server_likes(name: str, wait: str) -> None:
    head = f"HTTP/1.1 429 Slow\r\n{name}: {wait}\r\nContent-Length: 0\r\n\r\n".encode()
    async with opened(sends(head), bounds=PATIENT) as (model, server):
        with pytest.raises(ModelError, match="http_429"):
            await heard(model)
        assert server.requests == 1


@pytest.mark.parametrize(
    ("headers", "long"),
    [
        ({"retry-after": "20"}, False),
        ({"retry-after": "20.1"}, True),
        ({"retry-after": "9" * 5_000}, True),
        ({"retry-after": "1e999"}, True),
        ({"retry-after": "nan"}, False),
        ({"retry-after": "-5"}, False),
        ({"retry-after": "soon"}, False),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, False),
        ({"retry-after": "Wed, 21 Oct 99999 07:28:00 GMT"}, False),
        ({"retry-after-ms": "20000"}, False),
        ({"retry-after-ms": "20001", "retry-after": "1"}, True),
        ({}, False),
    ],
)
def test_how_long_a_server_wants_us_to_wait(headers: dict[str, str], long: bool) -> None:
    assert bodies.wants_long_timeout(httpx2.Headers(headers)) is long


@pytest.mark.parametrize(
    ("script", "bounds", "why"),
    [
        (sends_forever(JSON, b" ", pause=0.02), HURRIED, "timeout"),
        (sends_forever(JSON, b'{"data": ['), HURRIED, "timeout|unreadable"),
        (sends(JSON, b'{"data": [' + b"[" * 5_000), ROOMLESS, "unreadable"),
        (sends(JSON, b'{"data": [' + b"[]," * 100_000), ROOMLESS, "unreadable"),
        (sends(JSON, b'{"data": [{"name": "m"}]}'), HURRIED, "timeout|unreadable"),
        (sends_forever(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", pause=0.02), HURRIED, "timeout|unreadable"),
    ],
    ids=["trickling", "endless", "deep", "intricate", "another shape", "headers"],
)
async def test_a_list_of_models_has_bounds(script: Script, bounds: Bounds, why: str) -> None:
    async def ended(send: Send) -> None:
        await script(send)
        raise ConnectionError

    async with opened(ended, bounds=bounds) as (model, server):
        with pytest.raises(ModelError, match=why):
            await model.names()
        await asyncio.wait_for(server.closed.wait(), 20)


async def test_names_of_models_are_names() -> None:
    names = ["m", 7, None, "x" * 1_000, "\x1b]0;title\x07", "org/m:8b"]
    body = json.dumps({"data": [{"id": name} for name in names]}).encode()
    async with opened(sends(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body), bounds=PATIENT) as (
        model,
        _,
    ):
        assert await model.names() == {"m", "org/m:8b"}


@pytest.mark.parametrize(
    "script",
    [
        sends_forever(STREAM, delta(content="word")),
        sends_forever(STREAM, b": ping\n\n", pause=0.02),
        sends(whole(LONG)),
    ],
    ids=["endless", "comments", "not streamed"],
)
async def test_short_texts_have_the_same_bounds(script: Script) -> None:
    async with opened(script, bounds=SMALL) as (model, server):
        with pytest.raises(ModelError, match=r"too_much|timeout"):
            await ask(model.named("other", max_tokens=5), PROMPT)
        await asyncio.wait_for(server.closed.wait(), 20)


async def test_a_short_text_is_short() -> None:
    async with opened(ends(whole("word " * 10_000)), bounds=bounds_for(9, beginning=60, silence=60)) as (model, _):
        with pytest.raises(ModelError, match="too_much"):
            await ask(model, PROMPT)


@pytest.mark.parametrize(("tokens", "characters"), [(1, 400_000), (4_000, 400_000), (4_001, 400_100)])
def test_an_answer_may_have_a_hundred_characters_for_each_token(tokens: int, characters: int) -> None:
    assert bounds_for(tokens, beginning=60, silence=60).characters == characters
    assert bounds_for(10**6, beginning=60, silence=60).for_tokens(tokens).characters == characters


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (gzip.compress, "gzip"),
        (zlib.compress, "deflate"),
        (lambda data: zlib.compress(data)[2:-4], "deflate"),
        (bytes, "identity"),
        (lambda data: gzip.compress(data) + b"\0" * 100, "GZIP"),
        (bytes, "gzip"),
        (lambda data: b"\n" + data, "x-gzip"),
        (bytes, "br"),
        (gzip.compress, "deflate"),
        (zlib.compress, "gzip"),
    ],
    ids=[
        *(
            "gzip",
            "deflate",
            "deflate without a header",
            "identity",
            "padded",
            "undone",
            "undone and blank",
            "undone br",
        ),
        *("the other one", "the other one reversed"),
    ],
)
@pytest.mark.parametrize("first", [1, 9])
async def test_what_is_compressed_unasked_is_read_all_the_same(
    encode: Callable[[bytes], bytes], encoding: str, first: int
) -> None:
    body = encode(delta(content="hello") + STOP + USAGE + DONE)
    assert await answer(sends(compressed(encoding, body[:first]), body[first:])) == ("hello", "stop")


async def test_only_what_is_damaged_is_lost() -> None:
    body = gzip.compress(delta(content="hello"))
    assert await answer(breaks_off(compressed("gzip", body + b"junk"))) == ("hello", None)
    assert await failure(breaks_off(compressed("gzip", b"junk")), PATIENT) == "no_answer"


@pytest.mark.parametrize(
    "script",
    [
        ends(STREAM, b": ping\n" * 100_000),
        ends(STREAM, b"\n" * 400_000),
        ends(STREAM, delta(content="") * 5_000),
        ends(STREAM, delta(content="word ") * 5_000, STOP),
        ends(STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n:\r\n" * 30_000),
        ends(STREAM, delta(content="word " * 2_000_000)),
        ends(whole("word " * 2_000_000)),
        ends(JSON, b"[" + b"[]," * 1_000_000),
        ends(compressed("gzip", gzip.compress(b": ping\n" * 1_000_000))),
    ],
    ids=[
        *("comments", "blank lines", "empty deltas", "words", "small chunks of HTTP", "one piece", "not streamed"),
        *("intricate", "a bomb"),
    ],
)
async def test_nobody_else_waits_meanwhile(script: Script) -> None:
    """Measured in work of the loop's own thread, so that a busy machine makes no difference."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        since = thread_time()
        while True:
            await asyncio.sleep(0)
            now = thread_time()
            longest, since = max(longest, now - since), now

    async with (
        open_bare_elsewhere(script) as url,
        open_model(
            api_key="k",
            base_url=url,
            name="m",
            temperature=None,
            max_tokens=9,
            bounds=bounds_for(9, beginning=0.5, silence=0.5),
        ) as model,
    ):
        # The first request of all loads what later ones use.
        with suppress(ModelError):
            await heard(model)
        beating = asyncio.create_task(beat())
        with suppress(ModelError):
            await heard(model)
        beating.cancel()
    assert longest < 10 * HOLD


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (delta(content="hello") + STOP + USAGE + DONE, "stop"),
        (
            b"retry: 3000\n\nid: 1\n" + delta(content="hello") + b": ping\n\nid: 2\n" + STOP + b"id: 3\n\n" + USAGE,
            "stop",
        ),
        (b"data:\n\n" + delta(content="hello") + b"data: \n\nevent: ping\n\n" + STOP + DONE + USAGE, "stop"),
        ((delta(content="hello") + STOP + USAGE + DONE).replace(b"\n", b"\r\n"), "stop"),
        ((delta(content="hello") + STOP + USAGE + DONE).replace(b"\n", b"\r"), "stop"),
        (b"\xef\xbb\xbf" + delta(content="hello") + STOP + DONE, "stop"),
        ((b"event: message\n" + delta(content="hello") + STOP).replace(b"data: ", b"data:"), "stop"),
        (delta(content="hello").replace(b', "', b',\ndata: "') + STOP + DONE, "stop"),
        (delta(content="hello") + DONE, "stop"),
        (delta(content="hello"), None),
        (delta(content="hello") + chunk({}, finish="length") + DONE, "length"),
        (delta(content="hello") + chunk({}, finish="said: <@U1> and more"), "unknown"),
        (chunk({"content": "hello"}, finish="stop") + b"data: {junk\n\n", "stop"),
        (chunk({"content": "hello"}, finish="stop") + b'data: {"error": "too late"}\n\n', "stop"),
    ],
    ids=[
        *("plain", "ids, pings and retry", "no data", "CRLF", "CR", "a mark", "no blanks", "many lines"),
        *("no reason", "neither", "length", "words for a reason", "junk afterwards", "an error afterwards"),
    ],
)
async def test_events_are_read_as_the_standard_says(body: bytes, reason: str | None) -> None:
    for size in (1, 7, len(body)):
        pieces = (body[at : at + size] for at in range(0, len(body), size))
        assert await answer(ends(STREAM, *pieces)) == ("hello", reason)


@pytest.mark.parametrize("end", [STOP, STOP + USAGE, STOP + DONE, DONE], ids=["reason", "usage", "both", "done"])
async def test_once_an_answer_is_over_nothing_is_waited_for(end: bytes) -> None:
    bounds = Bounds(100, 1_000, 50_000, beginning=60, silence=60, lasting=60, ending=0.05)
    for script in (sends, breaks_off):
        assert await answer(script(STREAM, delta(content="hello"), end), bounds) == ("hello", "stop")
    assert await answer(sends_forever(STREAM + delta(content="hello") + end, b": ping\n\n"), bounds) == (
        "hello",
        "stop",
    )


async def test_usage_is_waited_for() -> None:
    async def script(send: Send) -> None:
        await send(STREAM + delta(content="hello") + STOP)
        await asyncio.sleep(0.05)
        await send(USAGE)

    async with opened(script, bounds=PATIENT) as (model, _):
        assert await heard(model) == ("hello", Finished(FinishReason.WHOLE, "scripted-1", COUNTED))


async def test_a_connection_serves_the_next_question_as_well() -> None:
    body = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (delta(content="hello"), STOP, USAGE, DONE))
    head = STREAM[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    async with opened(sends(head + body + b"0\r\n\r\n"), bounds=PATIENT) as (model, server):
        assert [await heard(model) for _ in range(3)] == [
            ("hello", Finished(FinishReason.WHOLE, "scripted-1", COUNTED))
        ] * 3
        assert (server.requests, server.open) == (3, 1)
