"""What stands in a thread above what calls the bot, what is shared there, and what is told of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.types import Incoming
from tests.doubles.engine_stage import PLACE, EngineStage, said

BELOW = PLACE.beside("C1", "0")
"""A thread in which something stands above what calls the bot."""
UNREAD_ABOVE = '<left_out above="unread"/>'


def above(*messages: Incoming, after: float = 0.0) -> Callable[[], Awaitable[list[Incoming]]]:
    """What stands in a thread, and for how many seconds it is on its way."""

    async def read() -> list[Incoming]:
        await asyncio.sleep(after)
        return list(messages)

    return read


def unreadable(error: DeliveryError, after: float = 0.0) -> Callable[[], Awaitable[list[Incoming]]]:
    async def read() -> list[Incoming]:
        await asyncio.sleep(after)
        raise error

    return read


def earlier(ref: str, text: str, **fields: object) -> Incoming:
    """What was said in the thread before anybody called the bot."""
    return replace(said(ref, text, place=BELOW, opens=False, asks=False), said=int(ref), **fields)  # type: ignore[arg-type]


def file(number: int, kind: str = "text/plain") -> SharedFile:
    return SharedFile(f"F{number}", f"file {number}", kind, 9, f"https://town.example/F{number}")


async def footnotes(stage: EngineStage, ref: str, **fields: object) -> tuple[str, ...]:
    """What stands below the answer to a question."""
    reply = await stage.answered(ref, **fields)  # type: ignore[arg-type]
    assert reply.final is not None
    return reply.final.footnotes


def in_order(text: str, *parts: str) -> bool:
    """Whether a text has some parts, in their order."""
    for part in parts:
        _, found, text = text.partition(part)
        if not found:
            return False
    return True
