"""Slack's text: what people wrote, as it was meant. Pure.

Escapes and tokens are those of https://docs.slack.dev/messaging/formatting-message-text.
"""

import re

from chathakase.core.addressing import HONORIFICS, tells_of_whom_it_names
from chathakase.slack.markdown.escaping import unescape
from chathakase.slack.slack_traits import USER

TOKEN = re.compile(r"<([^<>]*)>")
MENTION = re.compile(rf"<@({USER})(?:\|[^<>]*)?>")
LIKE_TOKEN = re.compile(
    r"<(?=@[UW][A-Z0-9]|#[CDG][A-Z0-9]|!(?:channel|here|everyone|group|subteam|date)\b|"
    r"(?:https?://|mailto:|tel:)[^<>|\n]*\|)"
)
"""How what was escaped would begin if it were read as a token once more."""
APART = "< "
"""What it begins with instead, which nothing takes for a token and people read as what was written."""
BEHIND_A_NAME = ",:;、，：；､،؛﹐﹑﹔﹕"
"""What parts a name from what is said to whoever has it, in the scripts that have signs of their own for it."""
# Possessive, since tens of thousands of letters without an end would take seconds otherwise.
FIRST_MENTION = re.compile(r"\s*+<(?:@([A-Za-z0-9_-]++)|!)[^<>]*+>")


def mentions(text: str, user: str) -> bool:
    """Whether a raw message mentions a user."""
    return f"<@{user}>" in text or f"<@{user}|" in text


def begins_with_other(text: str, bot: str) -> bool:
    """Whether a raw message begins by speaking to somebody other than the bot, or to a group, by a mention."""
    first = FIRST_MENTION.match(text)
    return first is not None and first[1] != bot and not tells_of_whom_it_names(text, first.end())


def readable(text: str, *, bot: str, bot_name: str) -> str:
    """Turn a raw message into what was meant: no leading mention of the bot, links and escapes resolved.

    Mentions of people stay as ``<@U…>``, since names are looked up later; what is escaped is none and becomes none.
    """
    own = rf"<@{re.escape(bot)}(?:\|[^<>]*)?>"
    text = re.sub(rf"^\s*{own}(?:(?:{HONORIFICS})(?=[\s{BEHIND_A_NAME}]|\Z))?[\s{BEHIND_A_NAME}]*", "", text)
    text = re.sub(own, lambda _: f"@{bot_name}", text)
    # What stands between mentions, and the ids of those, in turn.
    parts = MENTION.split(text)
    parts[::2] = map(_unmarked, parts[::2])
    parts[1::2] = (f"<@{id_}>" for id_ in parts[1::2])
    return "".join(parts).strip()


def _unmarked(text: str) -> str:
    """A text without mentions as it was meant, and without anything that looks like a token."""
    return LIKE_TOKEN.sub(APART, unescape(TOKEN.sub(lambda token: _meaning(token[1]), text)))


def _meaning(token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return label or target
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    return f"[{label}]({target})" if label and label not in target else target
