"""Follows which bold, italic and struck spans are open in a paragraph. Pure.

The rules are those of https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis. They were made for languages
with blanks between words. In Japanese, as in ``これは**「重要」**な``, marks stand between a letter and punctuation, so
that the first can only close a span and the second only open one
(https://github.com/commonmark/commonmark-spec/issues/650). Such marks are propped: what cannot be seen, and is neither
a blank nor punctuation, is put between them and the sign.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE

DEEPEST = 16
"""How many open spans are looked at for one that marks would close if they were propped."""
NO_BEGINNING = frozenset(",.;:!?/\\、。，．！？；：…・")
"""Signs with which no span begins,"""
NAMING = frozenset(".:/\\")
"""but for those that begin a name, in front of a letter: ``**.env**``, ``**/etc/hosts**``, ``**:tea:**``."""
CLOSING = frozenset(")]")
QUOTES = frozenset("\"'`")
"""Of ASCII's signs those that are no operands."""


class Props(NamedTuple):
    """What stands in front of a run of marks and behind it for the run to work."""

    before: str = ""
    behind: str = ""


UNPROPPED = Props()


@dataclass(slots=True)
class Opening:
    """Marks that open a span, as far as nothing has closed it."""

    char: str
    count: int
    piece: int
    """The number of the piece of the paragraph in which they stand."""
    weak: bool = False
    """They are only taken for marks if they are closed, as in ``2*3``."""
    must_close: bool = False
    """They are ours, so they have to be closed."""
    closing: bool = False
    """They could also close a span."""

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of each span that is open here, the outer first."""
        if self.count > 3 or self.char == "~":
            return ("~~",) if self.count == 2 else ()
        return (self.char * 2,) * (self.count > 1) + (self.char,) * (self.count % 2)


class Emphasis:
    """The spans that are open after what was met so far."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []
        self._in_vain: dict[tuple[str, int, bool], int] = {}
        """How many of the first openings are no partners of marks like those."""
        self._must_close = 0
        """How many of the first openings are known to have to be closed."""

    def meet(self, run: str, before: str, after: str, piece: int) -> bool:
        """Go on past a run of ``*``, ``_`` or ``~`` between those two characters (empty at an end).

        Tells whether it may open a span.
        """
        char, count = run[0], len(run)
        if char == "~" and count != 2:
            return False
        opens, closes = _flanks(char, before, after)
        if closes:
            count = self.close(char, count, opening=opens)
        if not opens or not count:
            return False
        weak = char == "*" and _joins(before, after)
        self.openings.append(Opening(char, count, piece, weak=weak, closing=closes))
        return True

    def props(self, run: str, before: str, after: str, beyond: str) -> Props:
        """What a run needs in order to open or close a span where its writer seems to have meant it to.

        ``beyond`` is the character behind the one behind it.
        """
        if run[0] == "_" or not before.strip() or not after.strip():
            return UNPROPPED
        opens, closes = _flanks(run[0], before, after)
        if opens == closes:
            return UNPROPPED
        partner = self._like(run)
        if closes:
            meant = partner is None and _begins(after, beyond) and not _is_code(before, after)
            return Props(behind=ZERO_WIDTH_SPACE) if meant else UNPROPPED
        meant = partner is not None and not partner.weak and _ends(before) and not _is_power(before, after)
        return Props(before=ZERO_WIDTH_SPACE) if meant else UNPROPPED

    def _like(self, run: str) -> Opening | None:
        """The innermost opening with the same marks."""
        for found in reversed(self.openings[-DEEPEST:]):
            if (found.char, found.count) == (run[0], len(run)):
                return found
        return None

    def close(self, char: str, count: int, *, opening: bool = False) -> int:
        """Close spans with so many marks, which might as well open one; how many marks are left."""
        while count and (index := self._partner(char, count, opening=opening)) is not None:
            partner = self.openings[index]
            used = 2 if min(partner.count, count) > 1 else 1
            if char == "~" and used == 1:
                break
            count -= used
            partner.count -= used
            self._change(index)
            del self.openings[index + 1 if partner.count else index :]
        return count

    def _partner(self, char: str, count: int, *, opening: bool) -> int | None:
        kind = (char, count % 3, opening)
        for index in range(len(self.openings) - 1, self._in_vain.get(kind, 0) - 1, -1):
            found = self.openings[index]
            if found.char != char:
                continue
            thirds = (found.count + count) % 3 == 0 and (found.count % 3 or count % 3)
            if not ((opening or found.closing) and thirds):
                return index
        self._in_vain[kind] = len(self.openings)
        return None

    def leave(self, opening: Opening) -> None:
        """Take an opening away."""
        index = next(index for index in range(len(self.openings) - 1, -1, -1) if self.openings[index] is opening)
        self._change(index)
        del self.openings[index]

    def separate(self) -> None:
        """Forget what is open: no span goes from one table cell into another."""
        if len(self.openings) > self._must_close:
            kept = [opening for opening in self.openings[self._must_close :] if opening.must_close]
            self._change(self._must_close)
            self.openings[self._must_close :] = kept
            self._must_close = len(self.openings)

    def _change(self, index: int) -> None:
        """From this opening on nothing is known any more."""
        self._must_close = min(self._must_close, index)
        for kind, known in self._in_vain.items():
            self._in_vain[kind] = min(known, index)

    def standing(self) -> list[tuple[str, Opening]]:
        """Each open span once, the outer first."""
        found: dict[str, Opening] = {}
        for opening in self.openings:
            for marks in () if opening.weak else opening.marks:
                found.setdefault(marks, opening)
        return list(found.items())


def _flanks(char: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run can open and whether it can close a span."""
    blank_before, blank_after = not before.strip(), not after.strip()
    sign_before, sign_after = _is_sign(before), _is_sign(after)
    left = not blank_after and (not sign_after or blank_before or sign_before)
    right = not blank_before and (not sign_before or blank_after or sign_after)
    if char != "_":
        return left, right
    return left and (not right or sign_before), right and (not left or sign_after)


def _is_sign(char: str) -> bool:
    """Whether a character is punctuation or a symbol."""
    return bool(char) and unicodedata.category(char)[0] in "PS"


def in_stars(outer: tuple[str, str], inner: tuple[str, str]) -> bool:
    """Whether ``_`` or ``__`` around something do not work, but stars would: not between letters as in ``a_b_c``.

    ``outer`` and ``inner`` are the characters around the marks, empty at an end, and within them.
    """
    opens, _ = _flanks("_", outer[0], inner[0])
    _, closes = _flanks("_", inner[1], outer[1])
    apart = not any(char.isascii() and char.isalnum() for char in outer)
    return not (opens and closes) and apart and any(map(_is_sign, inner)) and all(map(str.strip, inner))


def _begins(char: str, beyond: str) -> bool:
    """Whether a span can begin with a sign in front of another character."""
    if char in NAMING:
        return beyond.isascii() and beyond.isalpha()
    pictured = char == "!" and beyond == "["
    return pictured or (_is_sign(char) and char not in NO_BEGINNING and unicodedata.category(char) not in ("Pe", "Pf"))


def _ends(char: str) -> bool:
    """Whether a span can end with a sign."""
    return _is_sign(char) and char != "<" and unicodedata.category(char) not in ("Ps", "Pi")


def _is_code(before: str, after: str) -> bool:
    """Whether marks may be operators in front of a sign, as in ``x**(n)``."""
    return before.isascii() and after.isascii() and after not in QUOTES


def _joins(before: str, after: str) -> bool:
    """Whether marks may be operators, as in ``2*3`` or ``f(x)**2``."""
    return before.isascii() and after.isascii() and (before.isalnum() or before in CLOSING) and after.isalnum()


def _is_power(before: str, after: str) -> bool:
    return before in CLOSING and after.isascii() and after.isdigit()
