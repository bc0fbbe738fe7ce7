"""What a file says: decided by its bytes first, then by its name and its media type."""

import asyncio
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from chathakase.core import files
from chathakase.core.files import Image, Reading
from chathakase.files import child, kinds
from chathakase.files.child import Answer
from chathakase.files.kinds import Kind, Way
from chathakase.files.text import text_of

EMPTY = Reading(refusal="it is empty")
PAGE = Reading(refusal="a web page came in its place")
UNKNOWN = Reading(refusal="it is no kind of file that can be read")


PICTURE, DOCUMENT, CANVAS = "chathakase.files.picture", "chathakase.files.pdf", "chathakase.files.canvas"
DOCUMENTS = 2
"""Documents that are taken apart at the same time, beside one picture, so that slow ones hold up no pictures."""

TAG = re.compile(rb"</?[a-z!][^>]*>", re.IGNORECASE)
HEAD = 4_096
"""Bytes within which a page has its first tag."""

Ask: TypeAlias = Callable[[str, bytes], Awaitable[Answer]]
"""Has a module take a file apart in a process of its own."""


async def read(name: str, media: str, data: bytes, *, ask: Ask = child.ask) -> Reading:
    """Read a file, whatever its bytes are. Never raises, writes nothing to disk, leaves no process behind."""
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY
    kind = kinds.kind_of(name, data)
    if kind.way is Way.PDF:
        return _reading(await ask(DOCUMENT, data))
    if kind.way is Way.PICTURE:
        return _reading(await ask(PICTURE, data))
    if _is_canvas(name, media, data):
        return _reading(await ask(CANVAS, data))
    if kind.way is Way.TEXT:
        return await asyncio.to_thread(_text, name, media, data)
    return _refusal(kind)


class Desk:
    """Where files are read: few at a time are taken apart, since each may need much memory, however small it is."""

    def __init__(self) -> None:
        documents = asyncio.Semaphore(DOCUMENTS)
        self._room = {PICTURE: asyncio.Semaphore(1), DOCUMENT: documents, CANVAS: documents}

    async def read(self, name: str, media: str, data: bytes) -> Reading:
        """Read a file as ``read`` does, when it is its turn."""
        return await read(name, media, data, ask=self._ask)

    async def _ask(self, module: str, data: bytes) -> Answer:
        async with self._room[module]:
            return await child.ask(module, data)


def _is_canvas(name: str, media: str, data: bytes) -> bool:
    """Whether it is a page of the surface's own, or HTML of which nothing was told."""
    head = data[:HEAD].lstrip()
    if media == files.PAGE:
        return TAG.search(head) is not None
    return not (media or kinds.has_ending(name)) and TAG.match(head) is not None


def _text(name: str, media: str, data: bytes) -> Reading:
    pretended = kinds.claimed(name, media)
    if pretended and kinds.is_page(data):
        return PAGE
    text = text_of(data)
    if text is None:
        return _refusal(pretended) if pretended else UNKNOWN
    return Reading(text=text) if text.strip() else EMPTY


def _refusal(kind: Kind) -> Reading:
    return Reading(refusal=f"it is {kind.name}")


def _reading(answer: Answer) -> Reading:
    if data := answer.get("data"):
        return Reading(image=Image(answer["kind"], b64decode(data)), pixels=int(answer.get("pixels", 0)))
    if text := answer.get("text"):
        return Reading(text=text)
    return Reading(refusal=answer.get("refusal") or child.BROKEN)
