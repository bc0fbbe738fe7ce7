"""What it means that words occur in a text. Pure."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

PART = 3
"""Characters that the index goes by; shorter words it does not know."""
MOST_WORDS = 8
MOST_PARTS = 24
"""How many parts of words the index is asked for; the rest is found in the texts themselves."""
LONGEST_PATTERN = 64
"""Characters of a word that LIKE is asked for: each may be compared with each of a text, and nobody reads meanwhile."""
EXCERPT = 200
"""The longest excerpt, in characters."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Some words, all of which are to occur, whatever their case."""

    words: tuple[str, ...]

    @property
    def match(self) -> str:
        """The same for the index, of which it finds too much rather than too little; empty when it cannot help.

        Each part stands in quotes, within which nothing has a meaning.
        """
        parts = dict.fromkeys(word[at : at + PART] for word in self.words for at in range(len(word) - PART + 1))
        return " AND ".join('"{}"'.format(part.replace('"', '""')) for part in list(parts)[:MOST_PARTS])

    @property
    def patterns(self) -> tuple[str, ...]:
        """The same for LIKE, which knows no case but that of ASCII: other letters stand for any."""
        return tuple(f"%{''.join(map(_pattern, word[:LONGEST_PATTERN]))}%" for word in self.words)

    @property
    def is_exact(self) -> bool:
        """Whether LIKE finds no text in which not all words occur."""
        return all(len(word) <= LONGEST_PATTERN and "_" not in map(_pattern, word) for word in self.words)

    def alike(self, column: str, first: int) -> str:
        """As SQL: every word occurs, as far as LIKE can tell; ``patterns`` are the parameters from a number on."""
        places = range(first, first + len(self.words))
        return " AND ".join(f"{column} LIKE ${place} ESCAPE '\\'" for place in places)

    def occurs_in(self, text: str) -> bool:
        """Whether every word does."""
        folded = text.casefold()
        return all(word.casefold() in folded for word in self.words)

    def excerpt(self, text: str) -> str:
        """The words around the first that occurs, on one line."""
        line = " ".join(text.split())
        if len(line) <= EXCERPT:
            return line
        start = max(0, min(self._first(line) - EXCERPT // 4, len(line) - EXCERPT + 1))
        before = "…" if start else ""
        room = EXCERPT - len(before)
        after = "…" if start + room < len(line) else ""
        return before + line[start : start + room - len(after)] + after

    def _first(self, line: str) -> int:
        """Where the first of the words begins; 0 if none occurs."""
        folded = line.casefold()
        first = min((at for word in self.words if (at := folded.find(word.casefold())) >= 0), default=0)
        # A letter may become several: ß does ss.
        return bisect_right([*accumulate(len(letter.casefold()) for letter in line)], first)


def query(words: str) -> SearchQuery:
    """Understand what somebody types into a search."""
    return SearchQuery(tuple(dict.fromkeys(words.replace("\0", " ").split()))[:MOST_WORDS])


def _pattern(character: str) -> str:
    if character in "%_\\":
        return f"\\{character}"
    return character if character.isascii() or character.lower() == character.upper() else "_"
