"""Tells whether a tag is spoken about, in the place where it stands in a text that grows. Pure."""

import re
import unicodedata

import regex

_FENCE = re.compile(r"^[ \t>]*+(`{3,}+(?=[^`\n]*+$)|~{3,}+)", re.MULTILINE)
_TICKS = re.compile(r"`+")
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*")
_ENDS_WORDS = frozenset(",.;:!?)]}”’»」』、。，．；：！？）】…")
"""What follows a tag directly only where it is a word of a sentence."""
_OPENED = re.compile(r"(?:^|[\s(])[\"'*_~]+$")
_QUOTES = frozenset("\"'*_~")
"""What stands around a word that is quoted, or in bold."""
_OPENS = frozenset(",([{|“‘«「『（【")
_LISTED = re.compile(r"\s*(?:[-*+•|#>]+|\d{1,3}[.)])\s+")
"""A line that has nothing yet but the mark of a list, a table or a heading."""
_ENDED = frozenset(".!?…。！？:;)]}\"'”’»」』*_~`")
"""With what a sentence may end."""


class TagContext:
    """Takes in a text up to a tag, and judges the tag by what stands around it."""

    def __init__(self) -> None:
        self._fence = ""
        """The beginning of the fence that is open."""
        self._lines = list[str]()
        """What was not looked at yet: most texts have no tags, and are never looked at."""
        self.begun = False
        """Whether anything was there."""
        self._told = False
        """Whether anything but blanks was."""

    def pass_by(self, text: str) -> None:
        """Take in a piece of the text."""
        self._lines.append(text)
        self.begun = True
        self._told = self._told or not text.isspace()

    def quotes_code(self) -> bool:
        """Whether what comes now stands within code."""
        line = self._line()
        spans = len(_TICKS.findall(line)) % 2
        return bool(self._fence or spans or _INDENTED.fullmatch(line))

    def opens_block(self) -> bool:
        """Whether a tag that comes now opens a block, other than one that is a word among others."""
        line = self._line()
        return not line.strip() or line[-1:].isalnum()

    def is_amid_sentence(self) -> bool:
        """Whether what comes now is set off by a blank from a sentence that has not ended."""
        line = self._line()
        return line[-1:].isspace() and line.rstrip()[-1:] not in {"", *_ENDED}

    def line_has(self, pattern: "regex.Pattern[str]") -> bool:
        """Whether something stands in the line so far."""
        return pattern.search(self._line()) is not None

    def mentions(self, gap: str, after: str) -> bool:
        """Whether a tag that comes now is a word of a sentence.

        ``gap`` is the blank space behind it, and ``after`` the character behind that, a line's end among them.
        """
        line = self._line()
        before, word = line[-1:], line.rstrip()[-1:]
        if not gap and (after in _ENDS_WORDS or (after in _QUOTES and _OPENED.search(line))):
            return True
        if _LISTED.fullmatch(line):
            return True
        if not word:
            return not self._told and bool(gap) and after.islower()
        if before.isspace():
            return after != "\n" and self.is_amid_sentence()
        return not gap and (before in _OPENS or (_stands_alone(before) and _stands_alone(after)))

    def _line(self) -> str:
        """The line so far; what is before it is looked at once."""
        before, end, line = "".join(self._lines).rpartition("\n")
        for found in _FENCE.finditer(before + end):
            self._pass_fence(found[1])
        self._lines = [line]
        return line

    def _pass_fence(self, marks: str) -> None:
        if not self._fence:
            self._fence = marks
        elif marks.startswith(self._fence):
            self._fence = ""


def _stands_alone(character: str) -> bool:
    """Whether it is of a script that is written without spaces, so that nothing sets a tag apart in it."""
    return character.isalpha() and unicodedata.east_asian_width(character) in "WF"
