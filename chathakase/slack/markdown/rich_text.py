"""Rich text, in which Slack takes nobody's words for formatting or for mentions; also made of our own Markdown. Pure.

See https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from chathakase.core.unicode import UNSEEN, fix_surrogates
from chathakase.core.wording import shortened
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.slack_traits import USER, is_user

Part = dict[str, Any]
"""A piece of a line, or what lines are made of, as Slack takes it."""

BOLD: Mapping[str, bool] = {"bold": True}
ITALIC: Mapping[str, bool] = {"italic": True}
CODE: Mapping[str, bool] = {"code": True}
PLAIN: Mapping[str, bool] = {}

_FENCED = re.compile(r"^(`{3,})\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
_BULLET = "- "
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>(?:\\.|[^*\\\n])+)\*\*"
    r"|\*(?P<italic>(?:\\.|[^*\\\n])+)\*"
    r"|\[(?P<label>(?:\\.|[^\[\]\\\n])+)\]\((?P<url>https?://[^()\s<>]+)\)"
    rf"|<#(?P<channel>[A-Z0-9]{{1,64}})>|<@(?P<user>{USER})>"
)
"""What of Markdown our own sentences have; other people's words in them are escaped."""

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_ISOLATE, _END = "\u2068", "\u2069"


def words(text: str, most: int) -> str:
    """What somebody wrote as far as there is room, on one line that changes nothing around it and mentions nobody."""
    line = shortened(" ".join(UNSEEN.sub(" ", fix_surrogates(text)).split()), most)
    if any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line):
        # Else numbers that follow would stand in front of it.
        line = f"{_ISOLATE}{line}{_END}"
    return defused(line)


def text(text: str, style: Mapping[str, bool] = PLAIN) -> Part:
    """A piece of text that is shown as it is; never empty."""
    return _styled({"type": "text", "text": text}, style)


def link(url: str, label: str, style: Mapping[str, bool] = PLAIN) -> Part:
    """A piece of text that leads somewhere."""
    return _styled({"type": "link", "url": url, "text": label}, style)


def user(id_: str, otherwise: str) -> Part:
    """Somebody's name as Slack shows it, in a view nobody hears of that; or something else where that is no user id."""
    return {"type": "user", "user_id": id_} if is_user(id_) else text(otherwise)


def ago(at: int, otherwise: str) -> Part:
    """How long ago something was, at epoch milliseconds, which stays true while people look at it."""
    return {"type": "date", "timestamp": at // 1_000, "format": "{ago}", "fallback": otherwise}


def section(parts: Iterable[Part]) -> Part:
    """Pieces that follow one another."""
    return {"type": "rich_text_section", "elements": list(parts)}


def quote(parts: Iterable[Part]) -> Part:
    """Pieces that somebody else said."""
    return {"type": "rich_text_quote", "elements": list(parts)}


def block(*elements: Part) -> Part:
    """A block of sections, lists and code."""
    return {"type": "rich_text", "elements": list(elements)}


def from_markdown(markdown: str) -> list[Part]:
    """The sections, lists and code that our own Markdown is made of, without blank lines; none for a blank text."""
    fenced = _FENCED.split(fix_surrogates(markdown))
    # Between two texts stand the marks of a fence, and what is within.
    made = [*_prose(fenced[0])]
    for code, prose in zip(fenced[2::3], fenced[3::3], strict=True):
        made += [{"type": "rich_text_preformatted", "elements": [text(defused(code) or " ")]}, *_prose(prose)]
    return made


def _prose(markdown: str) -> Iterator[Part]:
    said = filter(str.strip, markdown.split("\n"))
    for is_list, lines in groupby(said, key=lambda line: line.startswith(_BULLET)):
        if is_list:
            items = [section(inline(line.removeprefix(_BULLET)) or [text(" ")]) for line in lines]
            yield {"type": "rich_text_list", "style": "bullet", "elements": items}
        elif pieces := inline("\n".join(lines)):
            yield section(pieces)


def inline(markdown: str, style: Mapping[str, bool] = PLAIN) -> list[Part]:
    """The pieces that our own Markdown is made of within a paragraph; neighbours of one style are one."""
    made: list[Part] = []
    for part in _one_by_one(markdown, style):
        before = made[-1] if made else part
        if before is not part and part["type"] == before["type"] == "text" and part.get("style") == before.get("style"):
            before["text"] += part["text"]
        else:
            made.append(part)
    return [part | {"text": defused(part["text"])} if "text" in part else part for part in made]


def _one_by_one(markdown: str, style: Mapping[str, bool]) -> Iterator[Part]:
    reached = 0
    for found in _INLINE.finditer(markdown):
        if found.start() > reached:
            yield text(markdown[reached : found.start()], style)
        yield from _piece(found, style)
        reached = found.end()
    if reached < len(markdown):
        yield text(markdown[reached:], style)


def _piece(found: re.Match[str], style: Mapping[str, bool]) -> Iterable[Part]:
    match found.lastgroup:
        case "escaped":
            return [text(found["escaped"], style)]
        case "code":
            return [text(found["code"], {**style, **CODE})]
        case "bold":
            return inline(found["bold"], {**style, **BOLD})
        case "italic":
            return inline(found["italic"], {**style, **ITALIC})
        case "channel":
            return [{"type": "channel", "channel_id": found["channel"]}]
        case "user":
            return [user(found["user"], found[0])]
        case _:
            label = "".join(part.get("text", "") for part in inline(found["label"]))
            return [link(found["url"], label or found["url"], style)]


def _styled(part: Part, style: Mapping[str, bool]) -> Part:
    return part | {"style": dict(style)} if style else part
