"""What models write besides the Markdown that Slack knows, told in that Markdown. Pure.

A ``markdown`` block knows headings, bold, italic, strike, links, lists, tables, code, quotes and dividers
(https://docs.slack.dev/reference/block-kit/blocks/markdown-block), but neither LaTeX nor images.

All patterns are bounded, so that what a growing text could still become is decided soon.
"""

from collections.abc import Callable
from typing import NamedTuple

import regex

from chathakase.slack.markdown.markup import as_written


class Foreign(NamedTuple):
    """What is told otherwise as a whole, and how."""

    pattern: "regex.Pattern[str]"
    telling: Callable[["regex.Match[str]"], str]
    closing: str
    """What there is at its end, without which nobody need look for the rest."""
    longest: int
    """Characters within which that comes."""

    def at(self, text: str, start: int, end: int) -> "regex.Match[str] | None":
        """Such a thing that begins there."""
        if text.find(self.closing, start + 1, min(end, start + self.longest)) < 0:
            return None
        return self.pattern.match(text, start, end)

    def may_begin(self, text: str, start: int, end: int) -> bool:
        """Whether a text that ends so can still become such a thing."""
        return end - start <= self.longest and bool(self.pattern.fullmatch(text, start, end, partial=True))


def code_span(text: str) -> str:
    """A text on one line in back-ticks."""
    text = regex.sub(r"\s*\n[\s>]*", " ", text).strip()
    if not text:
        return ""
    marks = "`"
    while marks in text:
        marks += "`"
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{marks}{edge}{text}{edge}{marks}"


def _link(found: "regex.Match[str]") -> str:
    text = IMAGE.sub(lambda image: image["alt"].strip() or "image", found["alt"])
    if found["image"]:
        text = text.strip() or "image"
    return f"[{as_written(text)}]{found['target']}"


_ALT = r"(?P<alt>(?:`[^`\n]{0,200}+`|\\.|\[[^\[\]]{0,200}+\](?:\([^()\s]{0,500}+\))?|[^\[\]\\]){0,400}+)"
_TITLE = r"""(?:\s++(?:"[^"\n]{0,200}+"|'[^'\n]{0,200}+'))?"""
_TARGET = rf"(?P<target>\(\s*+(?:<[^<>\n]{{0,2000}}+>|(?:[^\s()<]|\([^\s()]{{0,500}}+\)){{0,2000}}+){_TITLE}\s*+\))"
LINK = regex.compile(rf"(?P<image>!?+)\[{_ALT}\]{_TARGET}")
IMAGE = regex.compile(r"!\[(?P<alt>[^\[\]]{0,200}+)\]\([^()\s]{0,500}+\)")

FAR = 10_000
"""Characters: more than a page has."""
TOLD: dict[str, tuple[Foreign, ...]] = {
    "[": (Foreign(LINK, _link, ")", FAR),),
    "\\(": (
        Foreign(regex.compile(r"\\\((.{1,500}?)\\\)", regex.DOTALL), lambda found: code_span(found[1]), "\\)", 504),
    ),
    "\\[": (
        Foreign(regex.compile(r"\\\[(.{1,1000}?)\\\]", regex.DOTALL), lambda found: code_span(found[1]), "\\]", 1_004),
    ),
    "$": (Foreign(regex.compile(r"\$\$([^$]{1,1000}+)\$\$"), lambda found: code_span(found[1]), "$$", 1_004),),
}
"""By how they begin: what is told otherwise as a whole, and how."""
