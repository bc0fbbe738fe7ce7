"""What models write besides the Markdown that Slack knows, told in that Markdown. Pure.

A ``markdown`` block knows headings, bold, italic, strike, links, lists, tables, code, quotes and dividers
(https://docs.slack.dev/reference/block-kit/blocks/markdown-block), but neither HTML nor LaTeX nor images.

All patterns are bounded, so that what a growing text could still become is decided soon.
"""

from collections.abc import Callable
from typing import NamedTuple

import regex

from chathakase.slack.markdown.comments import COMMENT, LONGEST

SPANS = {
    "b": "**",
    "strong": "**",
    "summary": "**",
    "i": "*",
    "em": "*",
    "s": "~~",
    "del": "~~",
    "strike": "~~",
}
"""HTML tags around a span, and the marks that say the same."""

BREAK = "br"

INSTEAD = {"li": "• ", "/li": " ", "/td": " ", "/th": " ", "/tr": " ", "hr": " "}
"""What stands for a tag of which nothing else stays."""

DROPPED = regex.compile(
    r"a|abbr|article|aside|big|blockquote|body|center|code|dd|details|div|dl|dt|figcaption|"
    r"figure|font|footer|h1|h2|h3|h4|h5|h6|head|header|hr|html|img|ins|kbd|label|li|main|"
    r"mark|nav|ol|p|picture|pre|samp|section|small|span|sub|sup|table|tbody|td|tfoot|th|"
    r"thead|tr|tt|u|ul"
)
"""Tags of which only the text between them stays."""

_ATTRIBUTE = r"""\s++[A-Za-z_:@][\w:.-]{0,60}+\s*+=\s*+(?:"[^"<>]{0,2000}+"|'[^'<>]{0,2000}+'|[^\s"'<>=`]{1,2000}+)"""
TAG = regex.compile(rf"<(/?+)([A-Za-z][A-Za-z0-9]{{0,11}}+)(?:{_ATTRIBUTE}|\s++open(?=[\s/>])){{0,20}}+\s*+/?+>")
"""An HTML tag. Other attributes without a value are none: ``a <b and c>`` is no HTML."""


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
    return f"[{text}]{found['target']}"


def _anchor(found: "regex.Match[str]") -> str:
    return _linked(TAG.sub("", found["text"]), found["url"].strip("\"'"))


def _linked(text: str, url: str) -> str:
    """A link, or just its text if the address is of a kind that would break it."""
    text = regex.sub(r"[][`]", "", text).strip()
    return f"[{text or 'image'}]({url})" if regex.fullmatch(r"[^\s()<>]+", url) else text


def _image_tag(found: "regex.Match[str]") -> str:
    parts = {part[1]: part[2].strip("\"'") for part in PART.finditer(found[0])}
    return _linked(parts.get("alt", ""), parts.get("src", "")) or "image"


PART = regex.compile(r"(alt|src)\s*=\s*(\"[^\"]*\"|'[^']*')")
_ALT = r"(?P<alt>(?:`[^`\n]{0,200}+`|\\.|\[[^\[\]]{0,200}+\](?:\([^()\s]{0,500}+\))?|[^\[\]\\]){0,400}+)"
_TITLE = r"""(?:\s++(?:"[^"\n]{0,200}+"|'[^'\n]{0,200}+'))?"""
_TARGET = rf"(?P<target>\(\s*+(?:<[^<>\n]{{0,2000}}+>|(?:[^\s()<]|\([^\s()]{{0,500}}+\)){{0,2000}}+){_TITLE}\s*+\))"
LINK = regex.compile(rf"(?P<image>!?+)\[{_ALT}\]{_TARGET}")
IMAGE = regex.compile(r"!\[(?P<alt>[^\[\]]{0,200}+)\]\([^()\s]{0,500}+\)")

FAR = 10_000
"""Characters: more than a page has."""
CODE = Foreign(
    regex.compile(r"<(?P<tag>code|kbd|samp|tt)>(?P<text>.{0,500}?)</(?P=tag)>", regex.DOTALL),
    lambda found: code_span(found["text"]),
    "</",
    520,
)

TOLD: dict[str, tuple[Foreign, ...]] = {
    "[": (Foreign(LINK, _link, ")", FAR),),
    "\\(": (
        Foreign(regex.compile(r"\\\((.{1,500}?)\\\)", regex.DOTALL), lambda found: code_span(found[1]), "\\)", 504),
    ),
    "\\[": (
        Foreign(regex.compile(r"\\\[(.{1,1000}?)\\\]", regex.DOTALL), lambda found: code_span(found[1]), "\\]", 1_004),
    ),
    "$": (Foreign(regex.compile(r"\$\$([^$]{1,1000}+)\$\$"), lambda found: code_span(found[1]), "$$", 1_004),),
    "<!": (Foreign(regex.compile(COMMENT.pattern, regex.DOTALL), lambda _: "", "-->", LONGEST),),
    "<a": (
        Foreign(
            regex.compile(
                r"<a\s[^<>]{0,500}?\bhref\s*=\s*(?P<url>\"[^\"<>]{0,2000}+\"|'[^'<>]{0,2000}+')[^<>]{0,500}+>"
                r"(?P<text>.{0,500}?)</a>"
            ),
            _anchor,
            "</a>",
            FAR,
        ),
    ),
    "<i": (Foreign(regex.compile(r"<img\s[^<>]{0,2000}+>"), _image_tag, ">", 2_010),),
    **dict.fromkeys(("<c", "<k", "<s", "<t"), (CODE,)),
}
"""By how they begin: what is told otherwise as a whole, and how."""
