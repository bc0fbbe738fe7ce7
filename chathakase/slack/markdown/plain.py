"""Markdown as plain text, for notifications, screen readers and servers without Markdown. Pure."""

import re

CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
PLAINER = (
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE), r"\1• "),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"!?\[([^\[\]]+)\]\((\S+?)\)"), r"\1 (\2)"),
)


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
