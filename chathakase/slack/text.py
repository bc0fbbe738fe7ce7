"""Slack's text: what people wrote, read; what the model wrote, made harmless and plain. Pure.

Escapes and tokens are those of https://docs.slack.dev/messaging/formatting-message-text.
"""

import re

TOKEN = re.compile(r"<([^<>]*)>")
MENTION = re.compile(r"@([A-Za-z0-9_-]+)(?:\|.*)?", re.DOTALL)
FIRST_MENTION = re.compile(r"\s*<(?:@([A-Za-z0-9_-]+)|!)[^<>]*>")

PING = re.compile(r"<(?=(?:@[A-Z][A-Za-z0-9_-]*|!(?:channel|here|everyone|subteam\^[^<>|]+))(?:\|[^<>]*)?>)")
ZERO_WIDTH_SPACE = "\u200b"

CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
PLAINER = (
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE), r"\1• "),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"!?\[([^\[\]]+)\]\((\S+?)\)"), r"\1 (\2)"),
)


def mentions(text: str, user: str) -> bool:
    """Whether a raw message mentions a user."""
    return f"<@{user}>" in text or f"<@{user}|" in text


def begins_with_other(text: str, bot: str) -> bool:
    """Whether the first word of a raw message mentions somebody other than the bot, or a group."""
    first = FIRST_MENTION.match(text)
    return first is not None and first[1] != bot


def readable(text: str, *, bot: str, bot_name: str) -> str:
    """Turn a raw message into what was meant: no leading mention of the bot, links and escapes resolved.

    Mentions of people stay as ``<@U…>``, since names are looked up later.
    """
    text = re.sub(rf"^\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[\s,:;]*", "", text)
    text = TOKEN.sub(lambda token: _meaning(token[1], bot, bot_name), text)
    return unescape(text).strip()


def _meaning(token: str, bot: str, bot_name: str) -> str:
    target, _, label = token.partition("|")
    if mention := MENTION.fullmatch(token):
        return f"@{bot_name}" if mention[1] == bot else f"<@{mention[1]}>"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    return f"[{label}]({target})" if label and label not in target else target


def escape(text: str) -> str:
    """Write the three characters that Slack's text reserves as entities, so that no token is left in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo escape."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def harmless(markdown: str) -> str:
    """Take the power to ping from mentions in Markdown; what can be read stays the same.

    ``markdown`` blocks pass ``<@U…>`` and ``<!channel>`` on as mentions, also out of code.
    """
    return PING.sub(f"<{ZERO_WIDTH_SPACE}", markdown)


def plain(markdown: str) -> str:
    """Make Markdown plainer for notifications and screen readers; code stays as it is."""
    parts = CODE.split(markdown)
    for index in range(0, len(parts), 2):
        for pattern, instead in PLAINER:
            parts[index] = pattern.sub(instead, parts[index])
    return "".join(parts)
