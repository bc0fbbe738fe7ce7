"""Finds mentions however they are spelled: escaped, as entities, with marks, tags or links in between. Pure.

What becomes of ``\\<!channel\\>``, ``&lt;!channel&gt;`` or ``<**!channel**>`` is up to each of Slack's clients and to
whoever reads a message through its API, so all is taken for a mention that any reader could take for one.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

import regex

from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE
from chathakase.slack.slack_traits import MENTION

DEEPEST = 8
"""How often entities are read that stand for parts of others; what is nested deeper is broken apart unread."""

SUSPECT = regex.compile(r"[<&\ufe64\uff1c]")
"""Without one of these nothing can be read as a mention."""
ENTITY = regex.compile(
    r"&(?:#0*+[0-9]{1,8}+;?|#[xX]0*+[0-9A-Fa-f]{1,8}+;?|[A-Za-z][A-Za-z0-9]{1,31}+;|lt|LT|gt|GT|amp|AMP)"
)
"""Of https://html.spec.whatwg.org/multipage/named-characters.html, some of which need no semicolon."""
HALF_ENTITY = regex.compile(r"&[&#\w;]*+\Z")
NOISE = regex.compile(
    rf"[[\\*_~`\p{{Cf}}\p{{Default_Ignorable_Code_Point}}\p{{Cc}}]--[{ZERO_WIDTH_SPACE}\t]]++", regex.VERSION1
)
"""What stands between the characters of a text and is not seen."""
_BETWEEN = (
    r"(?:(?><!--(?s:.{0,500}?)-->)|<[/A-Za-z](?:[^<>\"']++|\"[^\"]{0,300}+\"|'[^']{0,300}+'){0,40}+>"
    r"|<[/?!A-Za-z][^<>]{0,1000}+>|!\[[^\[\]]{0,200}+\]\([^()]{0,1000}+\)"
    r"|\[|\](?:\([^()]{0,1000}+\)|\[[^\[\]]{0,200}+\])?+)"
)
"""What a reader who knows HTML or Markdown does not see either: comments, tags, images, what makes a link of a text."""


def _spelled(word: str) -> str:
    return "(?&s)".join(map(regex.escape, word))


def _pattern(end: str) -> "regex.Pattern[str]":
    """How everything is read that Slack could take for a mention, up to where that is certain."""
    everybody = "|".join(map(_spelled, ("channel", "here", "everyone")))
    somebody = rf"@(?&s)[A-Z](?:[A-Za-z0-9-]++|{_BETWEEN})*+{end}"
    return regex.compile(
        rf"(?(DEFINE)(?P<s>{_BETWEEN}*))"
        rf"<(?=[@!\[\]]|<(?:[/?!A-Za-z]|\Z)|\Z)(?&s)(?:{somebody}|!(?&s)(?i:(?:{everybody})(?&s){end}|{_spelled('subteam^')}))"
    )


PING = _pattern(r"(?:[|>]|\Z)")
GROWING_PING = _pattern("[|>]")


class _Reading(NamedTuple):
    """A text as somebody may read it."""

    text: str
    behind: Sequence[int]
    """For each character, where in the text as it is written that ends which stands for it."""


class Found(NamedTuple):
    """Where mentions are to be broken apart."""

    places: Sequence[int]
    """Behind what stands for their first character, in order."""
    certain: int
    """Up to where nothing that follows can add to that."""


def look(text: str, members: Collection[str] = (), *, growing: bool = False) -> Found:
    """Find all mentions but the plain ones of people in ``members``."""
    if not SUSPECT.search(text):
        return Found((), len(text))
    half = HALF_ENTITY.search(text) if growing else None
    end = half.start() if half else len(text)
    reading, unread = _decoded(_Reading(text[:end], range(1, end + 1)))
    reading = _folded(_without_noise(reading))
    places, certain = set(unread), end
    for found in (GROWING_PING if growing else PING).finditer(reading.text, overlapped=True, partial=growing):
        if found.start() == len(reading.text):
            break
        if found.partial:
            certain = min(certain, reading.behind[found.start() - 1] if found.start() else 0)
        elif not _is_of_member(text, (behind := reading.behind[found.start()]) - 1, members):
            places.add(behind)
    return Found(sorted(places), certain)


def broken(text: str, places: Iterable[int]) -> str:
    """A text with mentions broken apart at these places; it looks the same."""
    parts, reached = [], 0
    for place in places:
        parts.append(text[reached:place])
        reached = place
    return ZERO_WIDTH_SPACE.join((*parts, text[reached:]))


def defused(text: str, members: Collection[str] = ()) -> str:
    """A text that looks the same and that nobody can read as a mention, but for plain ones of people in ``members``."""
    return broken(text, look(text, members).places)


def _is_of_member(text: str, start: int, members: Collection[str]) -> bool:
    mention = MENTION.match(text, start)
    return mention is not None and mention[1] in members


def _decoded(reading: _Reading) -> tuple[_Reading, Sequence[int]]:
    """A text as it is read once its entities are, and where those begin that nobody would read to their end."""
    for _ in range(DEEPEST):
        entities = list(ENTITY.finditer(reading.text))
        if not entities:
            break
        reading = _instead(reading, ((*found.span(), unescape(found[0])) for found in entities))
    return reading, [reading.behind[found.start()] for found in ENTITY.finditer(reading.text)]


def _without_noise(reading: _Reading) -> _Reading:
    return _instead(reading, ((*found.span(), "") for found in NOISE.finditer(reading.text)))


def _instead(reading: _Reading, parts: Iterable[tuple[int, int, str]]) -> _Reading:
    """A text in which something else stands in the place of some parts."""
    texts: list[str] = []
    behind: list[int] = []
    reached = 0
    for start, end, out in parts:
        texts += (reading.text[reached:start], out)
        behind += reading.behind[reached:start]
        behind += [reading.behind[end - 1]] * len(out)
        reached = end
    return _Reading("".join((*texts, reading.text[reached:])), [*behind, *reading.behind[reached:]])


def _folded(reading: _Reading) -> _Reading:
    """The same with the forms of ASCII's characters that only look different, such as full-width ones, as those."""
    return reading if reading.text.isascii() else reading._replace(text="".join(_plain(reading.text)))


def _plain(text: str) -> Iterator[str]:
    for character in text:
        folded = character if character.isascii() else unicodedata.normalize("NFKC", character)
        yield folded if len(folded) == 1 and folded.isascii() else character
