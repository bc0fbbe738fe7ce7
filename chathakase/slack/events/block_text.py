"""What blocks say, line by line, as raw text with Slack's escapes and tokens. Pure.

Shapes: https://docs.slack.dev/reference/block-kit/blocks. Those that lay something out in a way of their own have one
here; all others are read by what their parts are called rather than by their kinds, of which Slack adds more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from chathakase.slack.fields import ID, objects, words
from chathakase.slack.markdown.escaping import escape, unescape

DEEPEST = 12
"""How far parts within parts are followed."""
MOST_INDENTED = 8

SPOKEN_PARTS = (
    "title",
    "subtitle",
    "text",
    "value",
    "body",
    "description",
    "details",
    "output",
    "fields",
    "elements",
    "tasks",
    "rows",
    "blocks",
)
"""Where blocks, and the fields of attachments, keep what they say, in the order of reading."""
SILENT = frozenset({"actions", "button", "input", "overflow", "static_select", "context_actions"})
"""What is there to be pressed."""
MARKS = {
    "user": ("user_id", "<@{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "channel": ("channel_id", "<#{}>"),
}
"""Elements of rich text that name something, by the field with its id."""

TABLES = ("table", "data_table")

Way = Callable[[Mapping[str, Any], int], Iterator[str]]


def lines(part: object, deep: int = DEEPEST) -> Iterator[str]:
    """What is said in a part, and in its parts, line by line; those of a text that has line ends are one."""
    if isinstance(part, str):
        yield from filter(None, [part])
    elif isinstance(part, list) and deep:
        yield from chain.from_iterable(lines(each, deep - 1) for each in part)
    elif isinstance(part, Mapping) and deep and words(part, "type") not in SILENT:
        yield from filter(None, WAYS.get(words(part, "type"), _anything)(part, deep))


def holds(part: object, kind: str, deep: int = DEEPEST) -> bool:
    """Whether something of a kind is among some parts, and their parts."""
    if isinstance(part, list) and deep:
        return any(holds(each, kind, deep - 1) for each in part)
    if isinstance(part, Mapping) and deep:
        return part.get("type") == kind or holds(part.get("elements"), kind, deep - 1)
    return False


def _anything(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    return chain.from_iterable(lines(part.get(name), deep - 1) for name in SPOKEN_PARTS)


def _plain(part: Mapping[str, Any], _deep: int) -> Iterator[str]:
    """A text in which nothing is a token."""
    value = part.get("value")
    number = str(value) if isinstance(value, int | float) else ""
    yield escape(unescape(words(part, "text") or number))


def _section(part: Mapping[str, Any], _deep: int) -> Iterator[str]:
    yield "".join(map(_inline, objects(part, "elements")))


def _quote(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    for text in _section(part, deep):
        yield from (f"&gt; {line}" for line in text.splitlines())


def _preformatted(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    for text in filter(None, _section(part, deep)):
        yield f"```\n{text}\n```"


def _list(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    """The items of a list; one that stands within another is a part of its own, and says how far it is indented."""
    indent = "  " * _between(part.get("indent"), MOST_INDENTED)
    first = 1 + _between(part.get("offset"), 1_000_000)
    for number, item in enumerate(objects(part, "elements"), first):
        mark = f"{number}. " if part.get("style") == "ordered" else "- "
        for text in filter(None, ["\n".join(lines(item, deep - 1))]):
            yield f"{indent}{mark}{text}"


def _table(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    """The rows of a table, each on a line, its cells apart."""
    rows = part.get("rows")
    for row in rows if isinstance(rows, list) else []:
        cells = [" ".join(lines(cell, deep - 2)).replace("\n", " ") for cell in _cells(row)]
        if any(cells):
            yield f"| {' | '.join(cells)} |"


def _cells(row: object) -> Sequence[object]:
    if isinstance(row, Mapping):
        row = row.get("cells")
    return row if isinstance(row, list) else []


def _image(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    """What is said of a picture, which itself is not looked at."""
    title, alt = list(lines(part.get("title"), deep - 1)), escape(unescape(words(part, "alt_text")))
    yield from title
    if alt not in title:
        yield alt


def _context(part: Mapping[str, Any], deep: int) -> Iterator[str]:
    """Small print, whose pictures are icons."""
    return lines([each for each in objects(part, "elements") if each.get("type") != "image"], deep - 1)


WAYS: Mapping[str, Way] = {
    "plain_text": _plain,
    "raw_text": _plain,
    "raw_number": _plain,
    "rich_text_section": _section,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
    "rich_text_list": _list,
    **dict.fromkeys(TABLES, _table),
    "image": _image,
    "context": _context,
}
"""What is read in a way of its own."""


def _inline(element: Mapping[str, Any]) -> str:
    """An element of rich text as the text of a message would have it."""
    kind, text = words(element, "type"), escape(words(element, "text"))
    if kind in MARKS:
        name, mark = MARKS[kind]
        id_ = words(element, name)
        return mark.format(id_) if ID.fullmatch(id_) else escape(id_)
    if kind == "link":
        url = escape(words(element, "url"))
        return f"<{url}|{text}>" if text else f"<{url}>"
    return MEANINGS[kind](element) if kind in MEANINGS else text


def _emoji(element: Mapping[str, Any]) -> str:
    tone = _between(element.get("skin_tone"), 6)
    return f":{escape(words(element, 'name'))}:" + (f":skin-tone-{tone}:" if tone else "")


def _date(element: Mapping[str, Any]) -> str:
    """A moment, in the words of those who may not be shown it by their own clock."""
    stamp, form = _between(element.get("timestamp"), 10**11), escape(words(element, "format"))
    fallback = escape(words(element, "fallback")) or f"Unix time {stamp}"
    return f"<!date^{stamp}^{form.replace('|', ' ')}|{fallback}>"


MEANINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "emoji": _emoji,
    "date": _date,
    "broadcast": lambda element: f"<!{escape(words(element, 'range'))}>",
    "color": lambda element: escape(words(element, "value")),
}


def _between(value: object, most: int) -> int:
    """A number that is told; 0 where it is odd."""
    return value if type(value) is int and 0 <= value <= most else 0
