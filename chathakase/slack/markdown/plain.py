"""Markdown as plain text, for notifications, screen readers and servers without Markdown. Pure."""

import re
from collections.abc import Callable, Collection
from html import unescape

from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.escaping import escape
from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE, harmless

LONGEST = 4_000
"""Characters of a message's ``text`` (https://docs.slack.dev/reference/methods/chat.update, ``msg_too_long``)."""

CODE = re.compile(r"(```.*?(?:```|\Z)|``[^`\n][^\n]*?``(?!`)|`[^`\n]+`)", re.DOTALL)
HIDDEN = "\0"
"""Stands for a piece of code, as Markdown has no such character."""
HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
BULLET = re.compile(r"^([^\S\n]*+)[-*+]\s+", re.MULTILINE)
SPANS = (
    re.compile(
        r"(?<!\\)(?:(?<![A-Za-z0-9)\]])\*\*(?=\S)|(?<=[A-Za-z])\*\*(?=[^\W\d])|\*\*(?=[^\x00-\x7f])|__(?=\S)|~~(?=\S))"
    ),
    re.compile(
        r"(?<![*\\])(?:(?<![A-Za-z0-9)\]])|(?=\*[^\x00-\x7f]))\*(?![\s*])|(?<![^\s(\[{\"'「『（【“‘*~>|-])_(?![\s_])"
    ),
)
"""Marks of double and of single width; ``f(x)**2``, ``2*3`` and ``a_b`` are no spans."""
SPAN_ENDS = {
    "*": re.compile(rf"(?<=[^\s*\\])\*(?!\*)(?:(?<={ZERO_WIDTH_SPACE}\*)|(?![A-Za-z0-9]))"),
    "_": re.compile(r"(?<=[^\s\\])_(?!\w)"),
    **{marks: re.compile(rf"(?<=\S){re.escape(marks)}") for marks in ("**", "__", "~~")},
}
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
"""Punctuation that is escaped, and entities."""
LINE_END = re.compile("\n")
LINK = re.compile(r"!?\[([^\[\]]+)\]\(")
LINK_END = re.compile(r"\)")
ADDRESS = re.compile(r"<((?:https?|mailto|tel|ftp):[^\s<>|]{1,3000})(?:\|([^<>\n]{1,300}))?>")
"""An address in angle brackets, perhaps with what stands for it."""
BLANK = re.compile(r"\s")
MENTION = re.compile(r"&lt;@([A-Z][A-Za-z0-9_-]*)((?:\|(?:(?!&lt;|&gt;)[^\n])*)?)&gt;")
"""A mention of one person, escaped."""


def plain(markdown: str) -> str:
    """Make Markdown plainer for notifications and screen readers; code stays as it is."""
    parts = CODE.split(markdown.replace(HIDDEN, "\ufffd"))
    codes = iter(parts[1::2])
    return re.sub(HIDDEN, lambda _: next(codes), _plainer(HIDDEN.join(parts[::2])))


def _plainer(text: str) -> str:
    text = BULLET.sub(r"\1• ", HEADING.sub("", text))
    for span in SPANS:
        text = _rewritten(text, span, LINE_END, lambda found: SPAN_ENDS[found[0]], lambda _, inside: _unpropped(inside))
    text = _rewritten(text, LINK, BLANK, lambda _: LINK_END, lambda found, url: _told(found[1], url))
    text = ADDRESS.sub(lambda found: _told(found[2], found[1]) if found[2] else found[1], text)
    return ESCAPE.sub(lambda found: found[1] or unescape(found[2]), text)


def _told(text: str, url: str) -> str:
    return f"{text} ({url})"


def _unpropped(inside: str) -> str:
    """What stands between two marks, without what props them."""
    return inside.strip(ZERO_WIDTH_SPACE)


def _rewritten(
    text: str,
    opening: re.Pattern[str],
    border: re.Pattern[str],
    closing: Callable[[re.Match[str]], re.Pattern[str]],
    write: Callable[[re.Match[str], str], str],
) -> str:
    """Write otherwise what stands between an opening and its closing, if that comes before a border.

    Where there was no closing up to a border none is looked for again, so it takes no longer the more is opened.
    """
    parts, reached, position, stop = list[str](), 0, 0, -1
    barren: dict[re.Pattern[str], int] = {}
    while found := opening.search(text, position):
        position, inside, ending = found.start() + 1, found.end(), closing(found)
        if inside < barren.get(ending, 0):
            continue
        if inside > stop:
            stop = border_at.start() if (border_at := border.search(text, inside)) else len(text)
        end = ending.search(text, inside + 1, stop)
        if end is None:
            barren[ending] = stop
            continue
        parts += (text[reached : found.start()], write(found, text[inside : end.start()]))
        reached = position = end.end()
    return "".join((*parts, text[reached:]))


def notification(markdown: str, members: Collection[str] = (), *, most: int = LONGEST) -> str:
    """What stands in the ``text`` field beside a page: plain, escaped, with the mentions of ``members``.

    It has at most so many characters.
    """
    parts = CODE.split(harmless(plain(defused(markdown[: 2 * most], members)), members))
    for index, part in enumerate(parts):
        parts[index] = escape(part) if index % 2 else _mentioning(escape(part), members)
    return clipped(defused("".join(parts), members), most)


def _mentioning(escaped: str, members: Collection[str]) -> str:
    """Give those people's mentions back as tokens."""
    return MENTION.sub(lambda found: f"<@{found[1]}{found[2]}>" if found[1] in members else found[0], escaped)


def clipped(escaped: str, most: int) -> str:
    """At most so much of a text, without half an entity or mention at the end."""
    if len(escaped) <= most:
        return escaped
    return re.sub(r"(?:&\w*|<[^<>]*)\Z", "", escaped[: most - 1]) + "…"
