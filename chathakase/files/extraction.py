"""What a file says: decided by its bytes first, then by its name and its media type."""

import asyncio
import logging
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from chathakase.core.files import WEB_PAGE, Image, Reading
from chathakase.files import child, kinds
from chathakase.files.child import Answer
from chathakase.files.extra import HOW, is_readable
from chathakase.files.kinds import FileKind, Way
from chathakase.files.text import text_of

EMPTY = Reading(refusal="it is empty")
NO_FILE = Reading(refusal=WEB_PAGE)
UNKNOWN = Reading(refusal="files of this kind cannot be read")

PAGE = "application/vnd.slack-docs"
"""The media type of canvases, which are handed out as HTML."""

PICTURE, CANVAS = "chathakase.files.picture", "chathakase.files.canvas"
MODULES = {
    Way.PICTURE: PICTURE,
    Way.HEIC: PICTURE,
    Way.PDF: "chathakase.files.pdf",
    Way.WORD: "chathakase.files.office.word",
    Way.EXCEL: "chathakase.files.office.excel",
    Way.SLIDES: "chathakase.files.office.slides",
    Way.OPEN_DOCUMENT: "chathakase.files.office.opendocument",
    Way.BOOK: "chathakase.files.epub",
    Way.RICH_TEXT: "chathakase.files.richtext",
    Way.MAIL: "chathakase.files.mail",
    Way.NOTEBOOK: "chathakase.files.notebook",
    Way.ARCHIVE: "chathakase.files.archive_listing",
}
"""What is taken apart in a process of its own, and by which module."""
DOCUMENTS = 2
"""Documents that are taken apart at the same time, beside one picture, so that slow ones hold up no pictures."""

TAG = re.compile(rb"</?[a-z!][^>]*>", re.IGNORECASE)
HEAD = 4_096
"""Bytes within which a page has its first tag."""

log = logging.getLogger(__name__)

Ask: TypeAlias = Callable[[str, bytes], Awaitable[Answer]]
"""Has a module take a file apart in a process of its own."""


async def read(name: str, media: str, data: bytes, *, ask: Ask = child.ask) -> Reading:
    """Read a file, whatever its bytes are. Never raises, writes nothing to disk, leaves no process behind."""
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY
    kind = kinds.kind_of(name, data)
    if (module := MODULES.get(kind.way)) is not None:
        return _reading(await ask(module, data), kind) if is_readable(kind.way) else _not_here(kind)
    if _is_canvas(name, media, data):
        return _reading(await ask(CANVAS, data), kind)
    if kind.way is Way.TEXT:
        return await asyncio.to_thread(_text, name, media, data)
    return _refusal(kind)


class Extractor:
    """Where files are read: few at a time are taken apart, since each may need much memory, however small it is."""

    def __init__(self) -> None:
        self._pictures, self._documents = asyncio.Semaphore(1), asyncio.Semaphore(DOCUMENTS)

    async def read(self, name: str, media: str, data: bytes) -> Reading:
        """Read a file as ``read`` does, when it is its turn."""
        return await read(name, media, data, ask=self._ask)

    async def _ask(self, module: str, data: bytes) -> Answer:
        async with self._pictures if module == PICTURE else self._documents:
            return await child.ask(module, data)


def _is_canvas(name: str, media: str, data: bytes) -> bool:
    """Whether it is a page of the surface's own, or HTML of which nothing was told."""
    head = data[:HEAD].lstrip()
    if media == PAGE:
        return TAG.search(head) is not None
    return not (media or kinds.has_ending(name)) and TAG.match(head) is not None


def _text(name: str, media: str, data: bytes) -> Reading:
    pretended = kinds.claimed(name, media)
    if pretended and kinds.is_page(data):
        return NO_FILE
    text = text_of(data)
    if text is None:
        return _refusal(pretended) if pretended else UNKNOWN
    return Reading(text=text) if text.strip() else EMPTY


def _refusal(kind: FileKind) -> Reading:
    return Reading(refusal=f"it is {kind.name}")


def _not_here(kind: FileKind) -> Reading:
    log.warning("A file was not read, since a library is missing: %s", HOW)
    return Reading(refusal=f"it is {kind.name}, which cannot be read here")


def _reading(answer: Answer, kind: FileKind) -> Reading:
    if data := answer.get("data"):
        return Reading(image=Image(answer["kind"], b64decode(data)), pixels=int(answer.get("pixels", 0)))
    refusal = answer.get("refusal", "")
    if text := answer.get("text"):
        return Reading(text=text, refusal=refusal)
    if refusal in ("", child.BROKEN) and kind.way is not Way.TEXT:
        refusal = f"it is {kind.name} that is damaged, or too large to read"
    return Reading(refusal=refusal or child.BROKEN)
