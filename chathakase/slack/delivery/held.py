"""Compares what Slack says that it holds with what was sent to it. Pure."""

from collections.abc import Mapping
from typing import Any

from chathakase.slack.inward.reading import unescape


def holds_less(answer: Mapping[str, Any], sent: str) -> bool:
    """Whether the answer to a call shows that Slack kept less of a text than was sent.

    Slack adds to texts (it marks links), so only what is missing counts; an answer that does not tell the text proves
    nothing.
    """
    message = answer.get("message")
    held = message.get("text") if isinstance(message, Mapping) else answer.get("text")
    return isinstance(held, str) and len(_substance(held)) < len(_substance(sent))


def _substance(text: str) -> str:
    """The letters and digits of a text, which no formatting changes."""
    return "".join(filter(str.isalnum, unescape(text)))
