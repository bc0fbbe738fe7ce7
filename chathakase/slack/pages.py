"""Cuts a growing Markdown text into pages that Slack takes. Pure.

Cuts are prefix-stable: a page that is full never changes again, however the text goes on. So while a reply
grows, only its last message is edited.
"""

import re
import unicodedata

PAGE = 3_900
"""Characters on one page, escapes counted. ``chat.update`` refuses texts above 4,000
(https://docs.slack.dev/reference/methods/chat.update, ``msg_too_long``)."""

CLOSING = 16
"""Characters kept free on each page to close a fence."""

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n`]*)$", re.MULTILINE)
BOUNDARIES = ("\n\n", "\n", " ")
JOINERS = "\u200d\ufe0e\ufe0f"
SKIN_TONES = range(0x1F3FB, 0x1F400)


def pages(text: str) -> list[str]:
    """Cut a text into pages. A code fence that a cut goes through is closed and reopened with its language."""
    found = []
    start, fence = 0, ""
    while start < len(text):
        head = f"{fence}\n" if fence else ""
        end = _end(text, start, PAGE - CLOSING - _cost(head), fence)
        body = text[start:end]
        fence, _ = _open_fence(body, fence)
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
    _, opened = _open_fence(text[start:end], fence)
    if start + opened > half:
        return start + opened
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


def _open_fence(body: str, fence: str) -> tuple[str, int]:
    """The opening line of the fence that is open at the end of a text, and where in the text it stands.

    ``fence`` is the one that is open at its beginning. None is open: an empty line, and 0.
    """
    opened = 0
    for match in FENCE.finditer(body):
        marks, info = match[1], match[2].strip()
        if not fence:
            fence, opened = f"{marks}{info}", match.start()
        elif not info and marks.startswith(_marks(fence)):
            fence, opened = "", 0
    return fence, opened


def _marks(fence: str) -> str:
    """The back-ticks or tildes of a fence's opening line, which also close it."""
    return fence[: len(fence) - len(fence.lstrip(fence[0]))] if fence else ""
