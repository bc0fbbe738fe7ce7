"""Markdown as plain text, for notifications, screen readers and servers without Markdown. Pure."""

import re
from collections.abc import Collection

from chathakase.slack.markdown.mentions import harmless

LONGEST = 4_000
"""Characters of a message's ``text`` (https://docs.slack.dev/reference/methods/chat.update, ``msg_too_long``)."""

CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
PLAINER = (
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE), r"\1• "),
    (re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"!?\[([^\[\]]+)\]\((\S+?)\)"), r"\1 (\2)"),
)
MENTION = re.compile(r"&lt;@([A-Z][A-Za-z0-9_-]*)((?:\|(?:(?!&lt;|&gt;)[^\n])*)?)&gt;")
"""A mention of one person, escaped."""


def plain(markdown: str) -> str:
    """Make Markdown plainer for notifications and screen readers; code stays as it is."""
    parts = CODE.split(markdown)
    for index in range(0, len(parts), 2):
        for pattern, instead in PLAINER:
            parts[index] = pattern.sub(instead, parts[index])
    return "".join(parts)


def escape(text: str) -> str:
    """Write the three characters that Slack's text reserves as entities, so that no token is left in it.

    See https://docs.slack.dev/messaging/formatting-message-text.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def notification(markdown: str, members: Collection[str] = ()) -> str:
    """What stands in the ``text`` field beside a page: plain, escaped, with the mentions of ``members``."""
    parts = CODE.split(harmless(plain(markdown), members))
    for index, part in enumerate(parts):
        parts[index] = escape(part) if index % 2 else _mentioning(escape(part), members)
    return _clipped("".join(parts))


def _mentioning(escaped: str, members: Collection[str]) -> str:
    """Give those people's mentions back as tokens."""
    return MENTION.sub(lambda found: f"<@{found[1]}{found[2]}>" if found[1] in members else found[0], escaped)


def _clipped(escaped: str) -> str:
    """At most as much as Slack takes, without half an entity or mention at the end."""
    if len(escaped) <= LONGEST:
        return escaped
    return re.sub(r"(?:&\w*|<[^<>]*)\Z", "", escaped[: LONGEST - 1]) + "…"
