"""What of a text nobody sees, told by the properties that Unicode gives its characters. Pure.

The properties are those of https://www.unicode.org/reports/tr44/ as the ``regex`` library has them; what its version of
Unicode does not know yet has the category Cn and is not seen either.
"""

import unicodedata

import regex

BREAKS = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
"""What ends a line; the same as for ``str.splitlines``."""

# No property tells of these: a pattern of Braille, a note without a head, and two hieroglyphs, all of them blank.
_BLANK = r"\u2800\U0001d159\U00013441\U00013442"

UNSEEN = rf"[[\p{{C}}\p{{Z}}\p{{M}}\p{{Default_Ignorable_Code_Point}}{_BLANK}]--[{BREAKS}]]"
"""A set of the ``regex`` library (its version 1): what cannot be seen by itself at the beginning of a line, which are
controls, formats, blanks, what may be ignored, and what would combine with a character in front of it."""

JOINED = rf"[{UNSEEN}--[\s\p{{Z}}{_BLANK}]]"
"""The same without blanks: what may stand between two letters of a word without parting them."""

_IGNORABLE = regex.compile(r"[[\p{Cf}\p{Default_Ignorable_Code_Point}]--[\s]]+", regex.V1)
_BLANKS = regex.compile(rf"[\p{{Cc}}\p{{Cn}}\p{{Cs}}\p{{Z}}{_BLANK}]+", regex.V1)
_LOOSE_MARKS = regex.compile(r"\A[\p{M} ]+")


def legible(text: str) -> str:
    """A name or title on one line, without what nobody sees; each run of blanks is one space."""
    line = " ".join(_BLANKS.sub(" ", _IGNORABLE.sub("", text)).split())
    return _LOOSE_MARKS.sub("", line)


def skeleton(name: str) -> str:
    """What is left of a name to tell it by: two that read the same have the same, whatever they are made of."""
    seen = _BLANKS.sub("", _IGNORABLE.sub("", unicodedata.normalize("NFKC", name)))
    # Once more, since a letter and its accent join only when nothing stands between them.
    return unicodedata.normalize("NFKC", seen).casefold()
