"""Shows HTML as it is written: a model that writes it outside of code tells of it. Pure.

Whatever reads Markdown may take ``<b>`` for a tag and show nothing of it (https://spec.commonmark.org/0.31.2/#raw-html);
``&lt;b>`` is text everywhere, and Slack reads that entity in its ``markdown`` blocks (measured,
https://github.com/PostHog/posthog/pull/95054).
"""

import re

LESS, AMPERSAND = "&lt;", "&amp;"

MARKUP = re.compile(r"<(?=[A-Za-z/?]|!(?!date\^))")
"""How everything begins that could be taken for HTML; ``<!date^…>`` is Slack's."""
_EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,200}"
KEPT = re.compile(rf"<(?:(?:https?|mailto|tel|ftp):[^\s<>|]*(?:\|[^<>\n]{{0,300}})?|{_EMAIL})>")
"""Addresses, which are links in Markdown, and Slack's own links."""
HALF_KEPT = re.compile(
    r"<(?:(?:https?|mailto|tel|ftp):[^\s<>|]{0,2000}(?:\|[^<>\n]{0,300})?"
    r"|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?:@[A-Za-z0-9.-]{0,200})?|[Bb][Rr][ \t]{0,9}/?)\Z"
)
"""What can still become one, or a line break."""
IN_CODE_OR_MARKUP = re.compile(rf"`[^`]*`|{KEPT.pattern}|{MARKUP.pattern}")

BREAK = re.compile(r"<br[ \t]{0,9}/?>", re.IGNORECASE)
ENDS_TEXT = re.compile(r"[\w.,;:!?%…。、，；：！？)\]）」』】*_~`\"'”’]\Z")
"""Behind this a line break is one, and not told of."""
TOLD_OF = re.compile(r"[.,;:!?)\]）」』】\"'”’/]")
"""In front of this it is told of."""

BLANK = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|hairsp|shy|zwj|zwnj|ZeroWidthSpace|#160|#[xX][aA]0);")
"""Entities for what cannot be seen."""
BLANK_BEHIND = re.compile(r"\s|\Z")


def names_a_blank(text: str, start: int, entity: str) -> bool:
    """Whether an entity for a blank that stands there is told of, since it stands between two blanks."""
    alone = not text[max(start - 1, 0) : start].strip() and BLANK_BEHIND.match(text, start + len(entity)) is not None
    return alone and BLANK.fullmatch(entity) is not None


def as_written(text: str) -> str:
    """Show the HTML in the text of a link, but for its code."""
    return IN_CODE_OR_MARKUP.sub(lambda found: LESS if found[0] == "<" else found[0], text) if "<" in text else text


def breaks(text: str, start: int, end: int) -> "re.Match[str] | None":
    """The line break that is meant by a ``<br>`` there: it stands right behind text, and closes no phrase."""
    found = BREAK.match(text, start, end)
    if found is None or not ENDS_TEXT.search(text[max(start - 1, 0) : start]):
        return None
    return None if TOLD_OF.match(text, found.end(), end) else found
