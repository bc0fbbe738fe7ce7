"""What a session is called: its first line, until a model or a person gives it a name; each is cleaned here. Pure."""

import re

from chathakase.core.wording import shortened

UNTITLED = "General Chat"
"""What a session is called whose first line says too little."""
LONGEST = 60
"""Characters of a title that nobody gave."""
LONGEST_GIVEN = 80
"""Characters of a title that a person or a model gave."""
MOST_WORDS = 8
"""Of a title that a model gave; whatever has more is a sentence, or an answer."""
LOOKED_AT = 8_000
"""Characters at the beginning of a text among which a title is looked for."""
SHORTEST = 3
"""Characters; whatever is shorter is no title."""

_PREFIX = re.compile(r"^(#+\s+|[-*]\s+|(title|タイトル)\s*[:：]\s*)", re.IGNORECASE)
"""What models put in front of one."""
_FENCE = re.compile(r"^\s*(```|~~~)")
_MENTION = re.compile(r"<[@#!][^>]*>|(?<![\w.])@(?=[\w.-]+)")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)|<(?:https?|mailto)[^|>\s]*\|([^>]*)>")
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.|mailto:)[^\s>]*>?", re.IGNORECASE)
_LEADING = re.compile(r"^(?:\s*(?:>|&gt;|#{1,6}(?=\s)|[-*+•](?=\s)|\d+[.)](?=\s)|\[[ xX]\](?=\s)))+")
_MARKS = re.compile(r"[`*~|]+|(?<!\w)_+|_+(?!\w)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_QUOTES = "\"'`“”„‘’«»「」『』"
_EDGES = f" \t{_QUOTES}.,;:。、，；：-–—"


def title_of(text: str) -> str:
    """The first line that says something, without marks, mentions and addresses, cut at a word."""
    for line in text[:LOOKED_AT].splitlines():
        if not _FENCE.match(line) and len(cleaned := _cleaned(line)) >= SHORTEST:
            return _cut(cleaned)
    return UNTITLED


def title_by_model(text: str) -> str:
    """A title as a model wrote it, without what models put around it; empty when it is none, or a longer text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = _bare(_PREFIX.sub("", _bare(_PREFIX.sub("", lines[0] if lines else ""))))
    return line if len(line) <= LONGEST_GIVEN and len(line.split()) <= MOST_WORDS else ""


def title_by_person(text: str) -> str:
    """A person's title as far as there is room, on one line and without quotes around it."""
    return shortened(_unquoted(text), LONGEST_GIVEN)


def _bare(line: str) -> str:
    return _unquoted(line, marks="*_.。")


def _unquoted(title: str, marks: str = "") -> str:
    """A title that somebody gave, on one line and without the quotes, or these marks, around it."""
    return " ".join(title.split()).strip(f"{_QUOTES}{marks} ")


def _cleaned(line: str) -> str:
    line = _LINK.sub(lambda found: found[1] or found[2] or "", line[: 20 * LONGEST])
    line = _LEADING.sub("", _ADDRESS.sub(" ", _MENTION.sub(" ", line)).strip())
    return " ".join(_MARKS.sub("", _UNSEEN.sub(" ", line)).split()).strip(_EDGES)


def _cut(line: str) -> str:
    """The beginning of a line, cut between words where it has any."""
    if len(line) <= LONGEST:
        return line
    beginning = line[:LONGEST]
    at_word, _, rest = beginning.rpartition(" ")
    kept = at_word if at_word and len(rest) < LONGEST // 2 else beginning[: LONGEST - 1]
    return f"{kept.rstrip(_EDGES)}…"
