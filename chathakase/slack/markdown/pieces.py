"""What is written for a text, piece by piece, so that it stays known which part of the text each stands for. Pure."""

from bisect import bisect_left
from typing import NamedTuple

from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE


class Piece(NamedTuple):
    """A stretch of the text and what is written for it."""

    start: int
    end: int
    out: str
    whole: bool = False
    """It is not to be torn."""


class Pieces:
    """The pieces for a text from a certain place on; what nothing else is written for stays as it is."""

    def __init__(self, text: str, start: int) -> None:
        self.found: list[Piece] = []
        self._text = text
        self._reached = start
        self._written: list[int] = []
        """The numbers of the pieces for which something is written."""
        self._seen: list[int] = []
        """The numbers of those of which something can be seen."""

    def put(self, start: int, end: int, out: str, *, whole: bool = False) -> int:
        """Write something for a stretch of the text; where that ends."""
        self.keep(start)
        if out or end > start:
            self._add(Piece(start, end, out, whole))
        self._reached = end
        return end

    def _add(self, piece: Piece) -> None:
        if piece.out:
            self._written.append(len(self.found))
            if not piece.out.isspace():
                self._seen.append(len(self.found))
        self.found.append(piece)

    def keep(self, end: int) -> None:
        """Write what stays as it is, up to there."""
        if end > self._reached:
            self._add(Piece(self._reached, end, self._text[self._reached : end]))
            self._reached = end

    def whole(self, start: int, end: int) -> int:
        """Write what stays as it is and must not be torn; where that ends."""
        return self.put(start, end, self._text[start:end], whole=True)

    def number(self, start: int) -> int:
        """The number of the piece that begins there next."""
        return len(self.found) + (start > self._reached)

    def tail(self, length: int) -> str:
        """The end of what is written so far."""
        out = ""
        for number in reversed(self._written):
            out = self.found[number].out[-length:] + out
            if len(out) >= length:
                break
        return out[-length:]

    def is_bare(self, number: int) -> bool:
        """Whether nothing can be seen behind a piece."""
        return not self._seen or self._seen[-1] <= number

    def shorten(self, number: int, count: int) -> None:
        """Take characters from the end of a piece, behind which nothing can be seen."""
        piece = self.found[number]
        out = piece.out[: len(piece.out) - count]
        self.found[number] = piece._replace(out=out)
        if not out.strip():
            self._seen.pop()
        if not out:
            del self._written[bisect_left(self._written, number)]

    def drop_loose_end(self, marks: dict[int, int]) -> None:
        """Leave off blanks, and opening marks behind which nothing stands: so many are in the pieces with a number."""
        while self.found and self._is_loose(self.found[-1].out, marks.get(len(self.found) - 1)):
            self.found.pop()
        if self.found and not self.found[-1].whole:
            last = self.found[-1]
            blanks = len(last.out) - len(last.out.rstrip())
            self.found[-1] = last._replace(end=last.end - blanks, out=last.out.rstrip())

    @staticmethod
    def _is_loose(out: str, marks: int | None) -> bool:
        return not out.strip() or len(out.rstrip(ZERO_WIDTH_SPACE)) == marks
