"""What others wrote, for a terminal: control characters are shown and never sent, and no link is hidden in it."""

from __future__ import annotations

import regex
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

_UNSEEN = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]")
"""Control characters, halves of pairs, ends of lines and paragraphs, and what changes the direction of writing."""
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def in_a_row(text: str) -> str:
    r"""A text as a part of one line, in which control characters are seen: ``\x1b``, ``\n``, ``\u202e``."""
    return _UNSEEN.sub(lambda found: _escaped(found[0]), text)


def in_lines(text: str) -> str:
    """A text of several lines, in which all other control characters are seen."""
    return "\n".join(in_a_row(line) for line in text.replace("\r\n", "\n").expandtabs(4).split("\n"))


class Harmless:
    """Whatever is drawn, without what only came up when it was: Markdown knows characters by their numbers."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._content, options):
            if not segment.control:
                style = segment.style.update_link(None) if segment.style and segment.style.link else segment.style
                yield Segment(in_lines(segment.text), style)


def _escaped(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
