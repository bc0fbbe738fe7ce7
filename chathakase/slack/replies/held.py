"""Compares what Slack says that it holds with what was sent to it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.slack.markdown.escaping import unescape

BEGINNING = 40
"""Letters and digits by which a text is known again."""


def holds_less(answer: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether the answer to a call shows that Slack kept less of a message than was sent.

    Slack adds to texts (it marks links) and may show Markdown as other blocks, so only what is missing counts; an
    answer that does not tell what the message holds proves nothing.
    """
    message = answer.get("message")
    held = message if isinstance(message, Mapping) else answer
    return _misses(held.get("text"), sent.get("text", "")) or _misses(
        _markdown(held.get("blocks")), _markdown(sent.get("blocks"))
    )


def begins_alike(held: object, sent: str) -> bool:
    """Whether a text that Slack holds has the first words of what was sent, however either is formatted."""
    beginning = _substance(sent)[:BEGINNING]
    return bool(beginning) and isinstance(held, str) and _substance(held).startswith(beginning)


def _misses(held: object, sent: object) -> bool:
    return isinstance(held, str) and isinstance(sent, str) and len(_substance(held)) < len(_substance(sent))


def _markdown(blocks: object) -> str | None:
    """The text of a message's ``markdown`` blocks; None when it has none."""
    if not isinstance(blocks, Sequence):
        return None
    texts = [block.get("text") for block in blocks if isinstance(block, Mapping) and block.get("type") == "markdown"]
    return "".join(map(str, texts)) if texts else None


def _substance(text: str) -> str:
    """The letters and digits of a text, which no formatting changes."""
    return "".join(filter(str.isalnum, unescape(text)))
