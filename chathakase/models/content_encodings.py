"""Undoes how a body was compressed, in small pieces, so that a little that swells to a lot does no harm. Pure."""

import zlib
from collections.abc import Callable, Iterator

PIECE = 2**13
"""Bytes of the longest piece."""

Decode = Callable[[bytes], Iterator[bytes]]

GZIP_OR_ZLIB, BARE = 47, -15
"""How zlib is told to expect either header (https://docs.python.org/3/library/zlib.html#zlib.decompress), or none."""
HEAD = 2
"""Bytes by which gzip and zlib are known (https://www.rfc-editor.org/rfc/rfc1952, https://www.rfc-editor.org/rfc/rfc1950)."""


def decoder(encoding: str) -> Decode:
    """What undoes a ``Content-Encoding``; what is in another than we know is handed on as it is."""
    match encoding.strip().lower():
        case "gzip" | "x-gzip":
            # Gateways that undo it may leave the header: https://github.com/open-webui/open-webui/issues/23920.
            return _Opening(plain).feed
        case "deflate":
            # Some servers send it without zlib's header.
            return _Opening(Inflater(BARE).feed).feed
    return plain


def plain(data: bytes) -> Iterator[bytes]:
    """The same bytes in small pieces."""
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]


class _Opening:
    """Looks at the first bytes for what undoes them: what they say themselves, or else what is given."""

    def __init__(self, otherwise: Decode) -> None:
        self._otherwise = otherwise
        self._decode: Decode | None = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes hold."""
        if self._decode is None:
            data = self._head = self._head + data
            if len(data) < HEAD:
                return iter(())
            self._decode = Inflater(GZIP_OR_ZLIB).feed if _is_compressed(data) else self._otherwise
        return self._decode(data)


class Inflater:
    """Undoes gzip and deflate; what is damaged, or follows the end, is left out."""

    def __init__(self, header: int) -> None:
        self._inflate = zlib.decompressobj(header)
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes hold."""
        while data and not self._over:
            piece, data = self._piece(data)
            if piece:
                yield piece

    def _piece(self, data: bytes) -> tuple[bytes, bytes]:
        try:
            piece = self._inflate.decompress(data, PIECE)
        except zlib.error:
            self._over = True
            return b"", b""
        self._over = self._inflate.eof
        return piece, self._inflate.unconsumed_tail


def _is_compressed(head: bytes) -> bool:
    is_zlib = head[0] & 0x8F == 8 and int.from_bytes(head[:HEAD]) % 31 == 0
    return head.startswith(b"\x1f\x8b") or is_zlib
