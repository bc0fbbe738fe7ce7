"""How much is taken of what a model's server sends, and for how long it is waited for. Pure."""

from dataclasses import dataclass, replace

FIRST_TOKEN = SILENCE = 60.0
"""Seconds until the first sign of life of an answer, and between two of them, where nothing else is set."""

LEAST, BY_TOKEN = 400_000, 100
"""Characters that every answer may have, and for each token that it was asked to have at most."""
ESCAPED = 6
"""Bytes that a character takes as JSON, when each is escaped."""
ROUND = 2**20
"""Bytes that JSON may have around a text."""
JSON_MOST = 8 * 2**20
"""Bytes of one JSON document that are read, whatever it is to hold."""
WRAPPED = 200
"""Bytes that may come for each character: most servers send one for every few, in a chunk of some 300 bytes."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may take. Times are seconds."""

    characters: int
    """Characters of its text, and as many besides of what the model thinks and of calls of tools."""
    at_once: int
    """Bytes of one event of a stream, or of an answer that is not streamed."""
    in_all: int
    """Bytes of a stream."""
    beginning: float
    """Until the first sign of life, counted from when it was asked for, retries included."""
    silence: float
    """Between two signs of life, and for all of an answer that is not streamed, if ``beginning`` is not longer."""
    lasting: float = 3_600.0
    """From the first byte to the last."""
    ending: float = 2.0
    """For the usage, once it is known why the answer is over."""

    def for_tokens(self, tokens: int) -> "Bounds":
        """The same for a shorter answer."""
        characters = min(self.characters, characters_for(tokens))
        return replace(self, characters=characters, at_once=min(self.at_once, _bytes_for(characters)))


def bounds_for(tokens: int, *, beginning: float, silence: float) -> Bounds:
    """The bounds of an answer that was asked to have no more than so many tokens."""
    characters = characters_for(tokens)
    return Bounds(characters, _bytes_for(characters), WRAPPED * characters, beginning, silence)


def characters_for(tokens: int) -> int:
    """Characters that an answer of so many tokens cannot have in earnest."""
    return max(LEAST, BY_TOKEN * tokens)


def _bytes_for(characters: int) -> int:
    return min(JSON_MOST, ROUND + ESCAPED * characters)


class TooMuch(Exception):
    """More came than the bounds allow."""

    def __init__(self, beginning: bytes = b"") -> None:
        super().__init__()
        self.beginning = beginning
        """What there is of an event that was too long."""
