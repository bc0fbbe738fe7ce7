"""Cuts a growing Markdown text into pages that Slack takes. Pure.

Cuts are prefix-stable: a page that is full never changes again, however the text goes on. So while a reply
grows, only its last message is edited.
"""

import re
import unicodedata
from dataclasses import dataclass

PAGE = 3_900
"""Characters on one page, escapes counted. ``chat.update`` refuses texts above 4,000
(https://docs.slack.dev/reference/methods/chat.update, ``msg_too_long``)."""

LONGEST_MARKS = 20
LONGEST_LANGUAGE = 40
"""Characters of a fence's marks and of its language; whatever is longer is no fence, or no language."""

CLOSING = LONGEST_MARKS + 1
"""Characters kept free on each page to close a fence."""

FENCE = re.compile(rf"^ {{0,3}}(`{{3,{LONGEST_MARKS}}}|~{{3,{LONGEST_MARKS}}})([^\n`]*)$", re.MULTILINE)
"""A line that opens or closes a fence."""
BOUNDARIES = ("\n\n", "\n", " ")
JOINERS = "\u200d\ufe0e\ufe0f"
SKIN_TONES = range(0x1F3FB, 0x1F400)


@dataclass(frozen=True, slots=True)
class Fences:
    """What the code fences of a text come to."""

    open: str
    """The opening line of the fence that is open at the end; empty when none is."""
    opening: int
    """Where in the text that line stands, if it does; else 0."""
    swallowing: tuple[int, ...]
    """Where text follows the marks of an opening line, which Markdown takes for the language and shows to nobody."""


def pages(text: str) -> list[str]:
    """Cut a text into pages. A code fence that a cut goes through is closed and reopened with its language."""
    found = []
    start, fence = 0, ""
    while start < len(text):
        head = f"{fence}\n" if fence else ""
        end = _end(text, start, PAGE - CLOSING - _cost(head), fence)
        body = text[start:end]
        fences = _fences(body, fence)
        fence = fences.open
        for position in reversed(fences.swallowing):
            body = f"{body[:position]}\n{body[position:]}"
        if body.strip():
            found.append(f"{head}{body.rstrip()}\n{_marks(fence)}" if fence else f"{head}{body}")
        start = end
    return found


def _end(text: str, start: int, budget: int, fence: str) -> int:
    """Where a page that starts here, perhaps within a fence, ends."""
    end = start + _fitting(text, start, budget)
    if end >= len(text):
        return len(text)
    half = start + (end - start) // 2
    opening = start + _fences(text[start:end], fence).opening
    if opening > half:
        return opening
    for boundary in BOUNDARIES:
        if (cut := text.rfind(boundary, half, end)) >= 0:
            return cut + len(boundary)
    return _between_characters(text, half, end)


def _fitting(text: str, start: int, budget: int) -> int:
    """How many characters from here cost at most the budget."""
    length = min(budget, len(text) - start)
    while (over := _cost(text[start : start + length]) - budget) > 0:
        # One character costs at most five, so this never takes away more than needed by much.
        length -= max(over // 5, 1)
    return length


def _cost(text: str) -> int:
    """The length of a text once Slack's three reserved characters are escaped and pings are broken."""
    return len(text) + 4 * (text.count("&") + text.count("<")) + 3 * text.count(">")


def _between_characters(text: str, least: int, end: int) -> int:
    """Step back to where no accent, joiner or skin tone is torn from its character."""
    for cut in range(end, least, -1):
        following, before = text[cut], text[cut - 1]
        clings = unicodedata.combining(following) or following in JOINERS or ord(following) in SKIN_TONES
        if not clings and before != "\u200d":
            return cut
    return end


def _fences(body: str, fence: str) -> Fences:
    """Follow the fences through a text at whose beginning ``fence`` is open (an opening line, or empty)."""
    opening, swallowing = 0, []
    for match in FENCE.finditer(body):
        marks, language = match[1], match[2].strip()
        if not fence:
            fence, opening = marks, match.start()
            if len(language) <= LONGEST_LANGUAGE:
                fence += language
            else:
                swallowing.append(match.end(1))
        elif not language and marks.startswith(_marks(fence)):
            fence, opening = "", 0
    return Fences(fence, opening, tuple(swallowing))


def _marks(fence: str) -> str:
    """The back-ticks or tildes of a fence's opening line, which also close it."""
    return fence[: len(fence) - len(fence.lstrip(fence[0]))] if fence else ""
