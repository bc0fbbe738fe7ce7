"""Reads JSON from a server without keeping others waiting, whatever it holds, and what there is of one that was cut."""

import asyncio
import json
import re
from typing import Any

AT_ONCE = 2**15
"""Bytes that are parsed at once; more is for a thread."""
INTRICATE = 250_000
"""Brackets and commas above which no answer is: to parse more would hold everybody for too long, also in a thread."""

CONTENT = re.compile(rb'"content"\s*+:\s*+"((?:[^"\\]++|\\u[0-9a-fA-F]{4}|\\[^u])*+)')
"""A text in an answer that is not whole, without an escape that is torn at its end."""


async def parse(document: bytes | str) -> Any:
    """What a document holds. Raises ValueError, also where it is too deep or too intricate."""
    if len(document) <= AT_ONCE:
        return _parsed(document)
    return await asyncio.to_thread(_parsed, document)


async def content_of(document: bytes, most: int) -> str:
    """The first text of an answer whose document was cut short, so far as it goes; ``most`` characters of it."""
    return await asyncio.to_thread(_content, document, most)


def _parsed(document: bytes | str) -> Any:
    if len(document) > AT_ONCE:
        marks = (b"[", b"{", b",") if isinstance(document, bytes) else ("[", "{", ",")
        if sum(map(document.count, marks)) > INTRICATE:  # type: ignore[arg-type]
            raise ValueError("too intricate")
    try:
        return json.loads(document)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _content(document: bytes, most: int) -> str:
    found = CONTENT.search(document)
    if found is None:
        return ""
    # Without the bytes of a character that was torn.
    text = found[1].decode(errors="ignore")
    return str(json.loads(f'"{text}"', strict=False))[:most]
