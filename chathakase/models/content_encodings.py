"""Undoes how a body was compressed, in small pieces, so that a little that swells to a lot does no harm. Pure."""

import zlib
from collections.abc import Callable, Iterator

PIECE = 2**13
"""Bytes of the longest piece."""

Decode = Callable[[bytes], Iterator[bytes]]

GZIP_OR_ZLIB, BARE = 47, -15
"""How zlib is told to expect either header (https://docs.python.org/3/library/zlib.html#zlib.decompress), or none."""


def decoder(encoding: str) -> Decode:
    """What undoes a ``Content-Encoding``; what is in another than we know is handed on as it is."""
    return Inflater().feed if encoding.strip().lower() in ("gzip", "x-gzip", "deflate") else plain


def plain(data: bytes) -> Iterator[bytes]:
    """The same bytes in small pieces."""
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]


class Inflater:
    """Undoes gzip and deflate; what is damaged, or follows the end, is left out."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(GZIP_OR_ZLIB)
        self._begun = self._over = False

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
            # Some servers send deflate without zlib's header.
            self._over = self._begun
            self._inflate, self._begun = zlib.decompressobj(BARE), True
            return b"", data
        self._begun = True
        self._over = self._inflate.eof
        return piece, self._inflate.unconsumed_tail
