"""The echo model: writes a reply from the conversation alone, and says that it is no model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice

from chathakase.playground.world.values import Json

OPENING = "*Echo model, a stand-in without intelligence.*"
REMEMBERED_MOST = 10
"""How many of the earlier messages a reply lists."""
LONG_WORDS = 1_500
"""How many words a request for a long reply stands for."""
WORDS_MOST = 20_000

_STAMP = re.compile(r"\A\[[^\]\n]*\]\s*")
"""Who says it, and when, as a client may put before a message."""
_WISH = r"\b(?:write|say|tell|give|send|post|show|make|answer|reply|need|want|like)\b[^.?!\n]{0,60}?"
_NUMBER = r"\b(\d[\d,.]*)\s*(?:-\s*)?words?\b"
_WORDS = re.compile(
    rf"{_WISH}{_NUMBER}|^[^.?!\n]{{0,40}}?{_NUMBER}\s*(?:,?\s*please)?[.!]?\s*$", re.IGNORECASE | re.MULTILINE
)
_ABOUT = re.compile(r"\A<(\w+)\b[^>]*>.*?</\1>\s*", re.DOTALL)
"""What a client tells of a conversation in a tag at its beginning, which nobody said."""
_TEXT = r"(?:answer|reply|response|text|message|story|essay|article|poem|explanation|version|one)"
_LONG = re.compile(
    rf"{_WISH}\b(?:a|an|me|really|very|much)\s+(?:\w+\s+)?long(?:er)?\s+{_TEXT}\b(?! short)"
    r"|\b(?:something|make (?:it|that))\s+(?:really\s+|very\s+|much\s+)?long(?:er)?\s*(?:,?\s*please)?[.!]?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A request for a long text, and not any sentence with "long" in it ("how long will it take?")."""
_SENTENCE = (
    "An echo has no thought of its own and returns what it was given while the valley sleeps and the lamps along "
    "the river are lit one after the other by somebody who whistles"
)


def echo(messages: Sequence[Json]) -> str:
    """The reply to a chat completion request's `messages`, in Markdown."""
    said = [text for text in map(_user_text, messages) if text]
    if not said:
        return f"{OPENING}\n\nNobody has said anything yet."
    *earlier, last = said
    parts = [OPENING, f"**You said:**\n\n{_quoted(last)}", _memory(earlier)]
    words = _words_wanted(last)
    if words:
        parts.append(f"**And here are {words:,} words:**\n\n{_long_text(words)}")
    else:
        parts.append("Say `help` for what you can do here. `write 3000 words` makes me write a long reply.")
    return "\n\n".join(parts)


def pieces(text: str, size: int = 12) -> Iterator[str]:
    """A reply in the small pieces in which a model streams it."""
    for start in range(0, len(text), size):
        yield text[start : start + size]


def _user_text(message: Json) -> str:
    if message.get("role") != "user":
        return ""
    content = message.get("content")
    if isinstance(content, list):
        texts = (part.get("text", "") for part in content if isinstance(part, dict))
        content = " ".join(text for text in texts if text)
    return _ABOUT.sub("", content).strip() if isinstance(content, str) else ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in _clipped(text, 1_000).splitlines())


def _memory(earlier: Sequence[str]) -> str:
    if not earlier:
        return "**I remember** nothing before that: it is the first message that I was given."
    shown = earlier[-REMEMBERED_MOST:]
    left_out = len(earlier) - len(shown)
    lines = [f"- {_clipped(' '.join(text.split()), 140)}" for text in shown]
    if left_out:
        lines.insert(0, f"- … and {left_out} before these")
    return "**I remember from this thread:**\n\n" + "\n".join(lines)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _words_wanted(text: str) -> int:
    text = _STAMP.sub("", text)
    if match := _WORDS.search(text):
        digits = re.sub(r"\D", "", match[1] or match[2])
        return min(int(digits), WORDS_MOST)
    return LONG_WORDS if _LONG.search(text) else 0


def _long_text(words: int) -> str:
    """Numbered paragraphs of about a hundred words, so that a missing or doubled one is seen."""
    paragraphs = []
    for number in count(1):
        taken = min(100, words - (number - 1) * 100)
        if taken <= 0:
            break
        paragraphs.append(f"**{number}.** {' '.join(islice(cycle(_SENTENCE.split()), taken))}.")
    return "\n\n".join(paragraphs)
