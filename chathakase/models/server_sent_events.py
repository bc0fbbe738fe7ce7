"""Takes a stream of server-sent events apart, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it.

Pure. Names, ids and times to reconnect after mean nothing here: an event is its data, and what has none is no event.
"""

import re
from collections.abc import Iterator

from chathakase.models.bounds import TooMuch

LINE_END = re.compile(rb"\r\n?|\n")
MARK = b"\xef\xbb\xbf"
"""The byte order mark that a stream may begin with."""


class ServerSentEvents:
    """Hears a stream piece by piece, and tells the data of each event that is whole."""

    def __init__(self, most: int) -> None:
        """``most`` is how many bytes a line, or the data of an event, may have."""
        self._most = most
        self._line = bytearray()
        self._data = bytearray()
        self._first = True
        self._returned = False
        """The last piece ended with a carriage return, of which a line feed may be the other half."""

    def feed(self, piece: bytes) -> Iterator[str]:
        """The data of the events that end here. Raises TooMuch."""
        for line in self._lines(piece):
            if line:
                self._take(line)
            elif data := self._told():
                yield data

    def rest(self) -> str:
        """The data of an event in the middle of which the stream ends; it may be torn."""
        if self._line:
            self._take(self._joined(b""))
        return self._told()

    def _lines(self, piece: bytes) -> Iterator[bytes]:
        if self._returned:
            piece = piece.removeprefix(b"\n")
        self._returned = piece.endswith(b"\r")
        *whole, begun = LINE_END.split(piece)
        for end in whole:
            yield self._joined(end)
        self._line += begun
        if len(self._line) > self._most:
            raise TooMuch(bytes(self._line))

    def _joined(self, end: bytes) -> bytes:
        """The line that ends so."""
        line = bytes(self._line + end) if self._line else end
        self._line.clear()
        first, self._first = self._first, False
        return line.removeprefix(MARK) if first else line

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        # llama.cpp has sent errors as a field of that name.
        if name not in (b"data", b"error"):
            return
        self._data += value.removeprefix(b" ") + b"\n"
        if len(self._data) > self._most:
            raise TooMuch(bytes(self._data))

    def _told(self) -> str:
        if not self._data:
            return ""
        data = self._data.decode(errors="replace").strip()
        self._data.clear()
        return data
