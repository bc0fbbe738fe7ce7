"""Lines from the standard input without blocking the loop, be it a terminal, a pipe or a file."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

LineTaker: TypeAlias = Callable[[str | None], None]


async def stdin_lines() -> AsyncGenerator[str, None]:
    """The lines of the standard input without their ends, as they come, until Ctrl-D or the end of the file.

    They are read by a daemon thread straight from the descriptor: at exit it may be left waiting there, which a thread
    inside `sys.stdin` may not.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str | None] = asyncio.Queue()

    def pass_on(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(arrived.put_nowait, line)

    reader = threading.Thread(target=_read, args=(sys.stdin.fileno(), pass_on), daemon=True, name="stdin")
    reader.start()
    while (line := await arrived.get()) is not None:
        yield line


def _read(descriptor: int, pass_on: LineTaker) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    while data := os.read(descriptor, 65_536):
        *lines, rest = (rest + decoder.decode(data)).split("\n")
        for line in lines:
            pass_on(line.rstrip("\r"))
    if rest:
        pass_on(rest)
    pass_on(None)
