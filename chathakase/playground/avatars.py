"""Pictures of users, apps and the workspace: a square of one colour each, at the addresses that Slack's JSON gives."""

from __future__ import annotations

import struct
import zlib

from aiohttp import web

SIZES = (24, 32, 48, 72, 192, 512)
"""Pixels of the pictures of a person (users.info)."""
BOT_SIZES = (36, 48, 72)
"""Pixels of the pictures of a bot (bots.info)."""
SIZE_MOST = 1024


def images(base: str, whose: str, sizes: tuple[int, ...] = SIZES) -> dict[str, str]:
    """`image_24` and so on, of whatever has this id."""
    return {f"image_{size}": f"{base}/avatars/{whose}-{size}.png" for size in sizes}


async def serve(request: web.Request) -> web.StreamResponse:
    """`GET /avatars/{whose}-{size}.png`, which needs no token, as in Slack."""
    size = min(int(request.match_info["size"]), SIZE_MOST)
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return web.Response(
        body=_square(size, colour_of(request.match_info["whose"])), content_type="image/png", headers=headers
    )


def colour_of(whose: str) -> str:
    """The colour that goes with an id, as six hexadecimal digits."""
    return f"{zlib.crc32(whose.encode()) & 0xBFBFBF:06x}"


def _square(size: int, colour: str) -> bytes:
    """A PNG (ISO/IEC 15948): its header, its pixels in rows without a filter, and its end."""
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes.fromhex(colour) * size) * size
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
