"""Takes off an answer what a small model copies there: who said something when, as people's messages begin. Pure.

``Rendering.label`` writes such stamps into prompts, and nothing but that shape is one.
"""

from collections.abc import Iterator

import regex

from chathakase.core.types import Finished, Piece, TakenBack

STAMPS = regex.compile(
    r"(?:\s*+\[[^\[\]\n]{1,100}, [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?: [^\[\]\s]{1,80})?\])++"
)


class Unstamped:
    """Hears an answer piece by piece, and hands it on without the stamps with which it begins."""

    def __init__(self) -> None:
        self._held: str | None = ""
        """What may still become a stamp; None once the answer has begun."""
        self._stamped = False

    def hear(self, piece: Piece) -> Iterator[Piece]:
        """What of the next piece can be handed on, and of what was held back."""
        match piece:
            case str():
                yield from self._words(piece)
            case TakenBack():
                self._held, self._stamped = "", False
                yield piece
            case Finished():
                yield from self._begin()
                yield piece

    def _words(self, words: str) -> Iterator[str]:
        if self._held is None:
            yield words
            return
        self._held += words
        if found := STAMPS.match(self._held):
            self._held, self._stamped = self._held[found.end() :], True
        if self._stamped:
            self._held = self._held.lstrip()
        found = STAMPS.match(self._held, partial=True) if self._held else None
        if self._held and not (found and found.partial):
            yield from self._begin()

    def _begin(self) -> Iterator[str]:
        held, self._held = self._held, None
        if held:
            yield held
