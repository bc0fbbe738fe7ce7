"""Slack's text: what people wrote, as it was meant. Pure.

Escapes and tokens are those of https://docs.slack.dev/messaging/formatting-message-text.
"""

import re

TOKEN = re.compile(r"<([^<>]*)>")
MENTION = re.compile(r"@([A-Za-z0-9_-]+)(?:\|.*)?", re.DOTALL)
# Possessive, since tens of thousands of letters without an end would take seconds otherwise.
FIRST_MENTION = re.compile(r"\s*+<(?:@([A-Za-z0-9_-]++)|!)[^<>]*+>")


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


def unescape(text: str) -> str:
    """Read the three entities of Slack's text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
