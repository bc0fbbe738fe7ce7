"""Reads what a model's server answers, streamed or not, within bounds."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TypeAlias

import httpx2
import openai

from chathakase.core.errors import ModelError
from chathakase.core.types import Finished, FinishReason, Piece, TakenBack
from chathakase.models.answer_parser import AnswerParser
from chathakase.models.bounds import Bounds, TooMuch
from chathakase.models.deadlines import CooperativeYield, Watchdog
from chathakase.models.documents import content_of, parse
from chathakase.models.failures import SENSELESS, UNREACHABLE, as_model_errors
from chathakase.models.reasons import Reasons
from chathakase.models.reports import as_error, reported
from chathakase.models.server_sent_events import MARK, ServerSentEvents

DONE = "[DONE]"
DRAIN = 0.1
"""Seconds for the end of a stream of which nothing more is wanted, so that its connection can be used again."""

JSON, MARKUP = (b"{", b"["), b"<"
"""With what a JSON document and a web page begin, and no event does. What servers call it is not always true."""
BROKEN_OFF = (FinishReason.FAILED, FinishReason.UNKNOWN)
"""How an answer ends of which an error that follows may tell more."""

NO_ANSWER = "no_answer"
NOTHING_CAME = "The model's server sent an empty answer. Please try again."

Pieces: TypeAlias = AsyncGenerator[bytes]
Told: TypeAlias = AsyncGenerator[str | TakenBack]


class NothingCame(ModelError):
    """A server answered, and nothing of it belongs to an answer."""

    def __init__(self, *, broke_off: bool = False) -> None:
        super().__init__(NO_ANSWER, UNREACHABLE if broke_off else NOTHING_CAME)


async def read_answer(
    response: httpx2.Response, bounds: Bounds, reasons: Reasons, *, begin_by: float
) -> AsyncGenerator[Piece]:
    """Yield an answer piece by piece, then one Finished.

    ``begin_by`` is when it must have begun, by the loop's clock. A connection that breaks off in mid-answer ends it for
    no reason. Raises ModelError, NothingCame among them, and what the openai library raises.
    """
    reading = _CompletionReader(response, bounds, reasons, begin_by)
    with as_model_errors():
        async with aclosing(reading.pieces()) as pieces:
            async for piece in pieces:
                yield piece
        yield reading.finished()


async def read_document(pieces: Pieces, *, most: int, within: float) -> tuple[bytes, bool]:
    """The body of an answer in one piece, and whether that is all of it. Raises TimeoutError and ConnectionError."""
    document = bytearray()
    async with asyncio.timeout(within):
        async for piece in pieces:
            document += piece
            if len(document) > most:
                return bytes(document), False
    return bytes(document), True


class _CompletionReader:
    """One answer, while it is read."""

    def __init__(self, response: httpx2.Response, bounds: Bounds, reasons: Reasons, begin_by: float) -> None:
        self._response = response
        self._bounds = bounds
        self._parser = AnswerParser(bounds.characters, reasons)
        self._begin_by = begin_by
        self._watchdog = Watchdog(bounds, begin_by=begin_by)
        self._yield = CooperativeYield()
        self._size = 0
        self._broke_off = False

    def finished(self) -> Finished:
        """How it ended. Raises NothingCame."""
        if not self._parser.answered:
            raise NothingCame(broke_off=self._broke_off)
        return self._parser.finished()

    async def pieces(self) -> Told:
        """All that people are told of it."""
        try:
            async with aclosing(self._response.aiter_raw()) as body, aclosing(self._read(body)) as pieces:
                async for piece in pieces:
                    yield piece
        except TooMuch as more:
            if self._parser.reason is None:
                async for piece in self._told(self._parser.part(await self._beginning(more))):
                    yield piece
        except (TimeoutError, ConnectionError, openai.APIError, *SENSELESS) as error:
            self._bear(error)
        for piece in self._parser.rest():
            yield piece

    def _bear(self, error: Exception) -> None:
        """Raise what an answer fails of; whatever fails once it is over takes nothing from it."""
        if isinstance(error, ConnectionError):
            # What came before stays; where nothing did, there may be another way to ask.
            self._broke_off = True
        elif self._parser.reason is None or (isinstance(error, openai.APIError) and self._parser.reason in BROKEN_OFF):
            raise error

    async def _read(self, body: Pieces) -> Told:
        opening = await self._opening(body)
        if opening.startswith(MARKUP):
            # A web site, and no model.
            raise openai.APIStatusError("", response=self._response, body=None)
        read = self._read_whole if opening.startswith(JSON) else self._read_stream
        async with aclosing(_chained(opening, body)) as all_of_it, aclosing(read(all_of_it)) as pieces:
            async for piece in pieces:
                yield piece

    async def _opening(self, body: Pieces) -> bytes:
        """The first bytes that are not blank. Raises TimeoutError, ConnectionError and TooMuch."""
        opening = b""
        while not opening and (piece := await self._next(body)):
            opening = piece.removeprefix(MARK).lstrip()
        return opening

    async def _next(self, body: Pieces) -> bytes:
        """The next bytes, in time and within bounds; none where the body ends."""
        piece = await self._watchdog.wait(lambda: anext(body, b""))
        self._size += len(piece)
        if self._size > self._bounds.in_all:
            raise TooMuch
        return piece

    async def _read_whole(self, body: Pieces) -> Told:
        now = asyncio.get_running_loop().time()
        within = max(self._begin_by - now, self._bounds.silence)
        document, complete = await read_document(body, most=self._bounds.at_once, within=within)
        if not complete:
            raise TooMuch(document)
        try:
            answer = await parse(document)
        except ValueError:
            # Chunks without the frames of events, a line each.
            async for piece in self._read_lines(document):
                yield piece
            return
        if (report := reported(answer)) is not None:
            raise as_error(report, self._response.request)
        if answer.get("choices") != []:
            async for piece in self._told(self._parser.whole(answer)):
                yield piece

    async def _read_lines(self, document: bytes) -> Told:
        for line in document.splitlines():
            for piece in self._heard(await self._read_event(line.decode(errors="replace").strip())):
                yield piece
                await self._yield.take()

    async def _read_stream(self, body: Pieces) -> Told:
        async with aclosing(self._events(body)) as events:
            async for data in events:
                for piece in self._heard(await self._read_event(data)):
                    yield piece
                    await self._yield.take()
                if self._parser.reason is FinishReason.TOO_MUCH:
                    return
                self._wait_on(done=_is_done(data))

    async def _events(self, body: Pieces) -> AsyncGenerator[str]:
        """The data of each event. Raises TimeoutError, ConnectionError and TooMuch."""
        events = ServerSentEvents(self._bounds.at_once)
        while piece := await self._next(body):
            for data in events.feed(piece):
                yield data
                await self._yield.take()
        if (rest := events.rest()) and (_is_done(rest) or await _is_whole(rest)):
            yield rest

    async def _read_event(self, data: str) -> object:
        """The document of an event; None where it is no chunk, as what some send to keep the connection open."""
        if _is_done(data):
            self._parser.done()
            return None
        return await parse(data) if data.startswith(("{", "[")) else None

    def _heard(self, document: object) -> Iterator[str | TakenBack]:
        """What can be told of a document. Raises APIError for what it reports."""
        if isinstance(document, dict):
            yield from self._parser.chunk(document)
        if document is not None and (report := reported(document)) is not None:
            raise as_error(report, self._response.request)

    async def _told(self, heard: Iterator[str | TakenBack]) -> Told:
        for piece in heard:
            yield piece
            await self._yield.take()

    async def _beginning(self, more: TooMuch) -> str:
        return await content_of(more.beginning, self._bounds.characters)

    def _wait_on(self, *, done: bool) -> None:
        """Decide for how long to wait after an event."""
        parser = self._parser
        self._watchdog.hear(parser.life)
        if done or parser.complete:
            self._watchdog.end_within(DRAIN)
        elif parser.reason is not None:
            self._watchdog.end_within(self._bounds.ending)


async def _chained(opening: bytes, body: Pieces) -> Pieces:
    yield opening
    async for piece in body:
        yield piece


def _is_done(data: str) -> bool:
    return data[:16].strip('" ').upper().startswith(DONE)


async def _is_whole(data: str) -> bool:
    try:
        await parse(data)
    except ValueError:
        return False
    return True
