"""A server that sends whatever bytes a test wants, over a bare socket, and knows when it is hung up on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from queue import Queue
from typing import TypeAlias

from tests.model_server import chunk

Send: TypeAlias = Callable[[bytes], Awaitable[None]]
Script: TypeAlias = Callable[[Send], Awaitable[None]]

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
"""The head of a stream that ends with its connection."""
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
STOP = chunk({}, finish="stop")
USAGE = chunk(usage={"prompt_tokens": 11, "completion_tokens": 7})
DONE = b"data: [DONE]\n\n"


@dataclass
class BareServer:
    """Answers each request by its script, and is then silent until it is hung up on."""

    script: Script
    base_url: str = ""
    requests: int = 0
    open: int = 0
    """Connections that are open."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection is closed, by whoever it is."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send(data: bytes) -> None:
            if reader.at_eof():
                raise ConnectionError
            writer.write(data)
            await writer.drain()

        self.open += 1
        try:
            while await _request(reader):
                self.requests += 1
                await self.script(send)
        except ConnectionAbortedError:
            writer.transport.abort()
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            self.closed.set()
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bool:
    """Read a request; False when there is none any more."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    except asyncio.IncompleteReadError:
        return False
    _, said, length = head.partition(b"content-length:")
    await reader.readexactly(int(length.partition(b"\r\n")[0]) if said else 0)
    return True


@asynccontextmanager
async def open_bare(script: Script) -> AsyncIterator[BareServer]:
    bare = BareServer(script)
    async with asyncio.TaskGroup() as group:

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            tasks.append(group.create_task(bare.answer(reader, writer)))

        tasks: list[asyncio.Task[None]] = []
        writers: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        bare.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield bare
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            # A task that is cancelled before it began closes nothing.
            for writer in writers:
                writer.close()


@asynccontextmanager
async def open_bare_elsewhere(script: Script) -> AsyncIterator[str]:
    """The same in a thread of its own, so that what it does is none of the test's work; gives its base URL."""
    opened: Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        async with open_bare(script) as bare:
            over = asyncio.Event()
            opened.put((bare.base_url, asyncio.get_running_loop(), over))
            await over.wait()

    serving = asyncio.create_task(asyncio.to_thread(asyncio.run, serve()))
    base_url, loop, over = await asyncio.to_thread(opened.get)
    try:
        yield base_url
    finally:
        loop.call_soon_threadsafe(over.set)
        await serving


def sends(*pieces: bytes) -> Script:
    """Send these pieces, and nothing more."""

    async def script(send: Send) -> None:
        for piece in pieces:
            await send(piece)

    return script


def sends_forever(head: bytes, piece: bytes, *, pause: float = 0.0) -> Script:
    """Send something, and then the same again and again."""

    async def script(send: Send) -> None:
        await send(head)
        while True:
            await send(piece)
            await asyncio.sleep(pause)

    return script


def ends(*pieces: bytes) -> Script:
    """Send these pieces, and end the connection as one ends an answer without a length."""

    async def script(send: Send) -> None:
        for piece in pieces:
            await send(piece)
        raise ConnectionError

    return script


def breaks_off(*pieces: bytes) -> Script:
    """Send these pieces, and break the connection off once they are on their way."""

    async def script(send: Send) -> None:
        for piece in pieces:
            await send(piece)
        await asyncio.sleep(0.02)
        raise ConnectionAbortedError

    return script
