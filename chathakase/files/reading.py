"""What a file says: decided by its bytes first, then by its name and its media type."""

import asyncio
from base64 import b64decode

from chathakase.core.files import Image, Reading
from chathakase.files import child, kinds
from chathakase.files.child import Answer
from chathakase.files.kinds import Kind, Way
from chathakase.files.text import text_of

EMPTY = Reading(refusal="it is empty")
PAGE = Reading(refusal="a web page came in its place")
UNKNOWN = Reading(refusal="it is no kind of file that can be read")


async def read(name: str, media: str, data: bytes) -> Reading:
    """Read a file, whatever its bytes are. Never raises, writes nothing to disk, leaves no process behind."""
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY
    kind = kinds.kind_of(name, data)
    if kind.way is Way.PDF:
        return _reading(await child.ask("chathakase.files.pdf", data))
    if kind.way is Way.PICTURE:
        return _reading(await child.ask("chathakase.files.picture", data))
    if kind.way is Way.TEXT:
        return await asyncio.to_thread(_text, name, media, data)
    return _refusal(kind)


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
        return Reading(image=Image(answer["kind"], b64decode(data)))
    if text := answer.get("text"):
        return Reading(text=text)
    return Reading(refusal=answer.get("refusal") or child.BROKEN)
