"""Reads what a model's server answers, streamed or not, within bounds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx2
import openai

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished
from chathakase.models.bounds import TOO_MUCH, Bounds, TooMuch
from chathakase.models.documents import content_of, parse
from chathakase.models.events import Events
from chathakase.models.failures import SENSELESS, UNREADABLE, as_model_errors
from chathakase.models.hearing import Hearing
from chathakase.models.patience import Breath, Clock
from chathakase.models.refusals.length import is_too_long

DONE = "[DONE]"
DRAIN = 0.1
"""Seconds for the end of a stream of which nothing more is wanted, so that its connection can be used again."""


async def read_answer(response: httpx2.Response, bounds: Bounds) -> AsyncGenerator[str | Finished]:
    """Yield an answer piece by piece, then one Finished. Raises ModelError, and what the openai library raises."""
    read = _read_whole if "json" in response.headers.get("content-type", "") else _read_stream
    hearing = Hearing(bounds.characters)
    with as_model_errors():
        async with aclosing(read(response, hearing, bounds)) as pieces:
            async for piece in pieces:
                if piece:
                    yield piece
        if told := hearing.rest():
            yield told
        yield hearing.finished()


async def read_document(response: httpx2.Response, *, most: int, within: float) -> tuple[bytes, bool]:
    """The body of an answer in one piece, and whether that is all of it. Raises TimeoutError and ConnectionError."""
    document = bytearray()
    async with asyncio.timeout(within), aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            document += piece
            if len(document) > most:
                return bytes(document), False
    return bytes(document), True


async def _read_whole(response: httpx2.Response, hearing: Hearing, bounds: Bounds) -> AsyncGenerator[str]:
    document, complete = await read_document(response, most=bounds.at_once, within=bounds.silence)
    if complete:
        yield hearing.whole(_accepted(await parse(document), response))
    else:
        yield hearing.part(await content_of(document, bounds.characters))


def _accepted(answer: dict[str, Any], response: httpx2.Response) -> dict[str, Any]:
    """An answer that is none says why; some servers say 200 even of a prompt that is too long."""
    if answer.get("choices"):
        return answer
    refusal = openai.APIError("", response.request, body=answer.get("error", answer))
    is_refusal = answer.get("error") or answer.get("object") == "error" or is_too_long(refusal)
    raise refusal if is_refusal else ModelError("unreadable", UNREADABLE)


async def _read_stream(response: httpx2.Response, hearing: Hearing, bounds: Bounds) -> AsyncGenerator[str]:
    clock = Clock(bounds)
    try:
        async with aclosing(_events(response, bounds, clock)) as events:
            async for data in events:
                yield await _hear(data, hearing, response)
                if hearing.reason == TOO_MUCH:
                    return
                _wait_on(hearing, clock, bounds, done=data.startswith(DONE))
    except TooMuch as more:
        if hearing.reason is None:
            yield hearing.part(await content_of(more.beginning, bounds.characters))
    except (TimeoutError, ConnectionError, openai.APIError, *SENSELESS):
        # Whatever fails once an answer is over, takes nothing from it.
        if hearing.reason is None:
            raise


async def _events(response: httpx2.Response, bounds: Bounds, clock: Clock) -> AsyncGenerator[str]:
    """The data of each event, in time and within bounds. Raises TimeoutError, ConnectionError and TooMuch."""
    events, breath, size = Events(bounds.at_once), Breath(), 0
    async with aclosing(response.aiter_raw()) as pieces:
        while piece := await clock.wait(lambda: anext(pieces, b"")):
            size += len(piece)
            if size > bounds.in_all:
                raise TooMuch
            for data in events.feed(piece):
                yield data
                await breath.take()


async def _hear(data: str, hearing: Hearing, response: httpx2.Response) -> str:
    if data.startswith(DONE):
        hearing.done()
        return ""
    chunk = await parse(data)
    if error := chunk.get("error"):
        raise openai.APIError("", response.request, body=error)
    return hearing.chunk(chunk)


def _wait_on(hearing: Hearing, clock: Clock, bounds: Bounds, *, done: bool) -> None:
    """Decide for how long to wait after an event."""
    if done or (hearing.reason is not None and hearing.usage is not None):
        clock.end_within(DRAIN)
    elif hearing.reason is not None:
        clock.end_within(bounds.ending)
    clock.hear(hearing.life)
