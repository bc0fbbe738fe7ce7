"""Slack's message text: how it is stored, and what a person's client makes of what is typed.

In stored text `&`, `<` and `>` are escaped, and what stands in angle brackets is a mention, a channel, a special
command or a link (docs: messaging/formatting-message-text).
"""

from __future__ import annotations

import re

from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World

_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_TOKEN = re.compile(r"<((?:[@#!]|https?://|mailto:|tel:)[^<>\n]*)>")
_TYPED = re.compile(
    r"(?<![\w<])(?P<link>https?://[^\s<>]*[^\s<>.,;:!?)])|(?<!\w)(?P<at>@[\w.-]*\w)|(?<!\w)(?P<hash>#[\w-]+)"
)
_SPECIAL = {"@channel": "<!channel>", "@here": "<!here>", "@everyone": "<!everyone>"}


def as_stored(text: str) -> str:
    """Text as Slack keeps it: what a client left unescaped is escaped, except mentions and links."""
    parts = _TOKEN.split(text)
    plain = [_LOOSE_AMPERSAND.sub("&amp;", part).replace("<", "&lt;").replace(">", "&gt;") for part in parts[::2]]
    tokens = [f"<{part}>" for part in parts[1::2]]
    return "".join(piece for pair in zip(plain, [*tokens, ""], strict=True) for piece in pair)


def escaped(text: str) -> str:
    """Text with the three characters escaped that Slack reserves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Text with Slack's three escapes undone."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def composed(world: World, typed: str) -> str:
    """The `text` that a person's client sends for what was typed: `@ChatHakase hi` becomes `<@U0HAKASE01> hi`."""

    def token(match: re.Match[str]) -> str:
        word = match.group()
        if match["link"]:
            return f"<{word}>"
        if match["hash"]:
            channel = world.conversation_named(word)
            return f"<#{channel.id}|{channel.name}>" if channel else word
        user = world.user_named(unescaped(word[1:]))
        return f"<@{user.id}>" if user else _SPECIAL.get(word, word)

    return _typed(world).sub(token, escaped(typed))


def _typed(world: World) -> re.Pattern[str]:
    """What is more than its letters when typed; names with spaces in them are told by who is there."""
    spaced = sorted((user.display_name for user in world.users.values() if " " in user.display_name), key=len)
    if not spaced:
        return _TYPED
    names = "|".join(re.escape(escaped(name)) for name in reversed(spaced))
    return re.compile(rf"(?<!\w)(?P<name>@(?:{names}))(?!\w)|{_TYPED.pattern}", re.IGNORECASE)


def rich_text(text: str) -> Json:
    """The `rich_text` block that a person's client sends beside the text, without styles."""
    parts = _TOKEN.split(text)
    elements = []
    for index, part in enumerate(parts):
        if index % 2:
            elements.append(_element(part))
        elif part:
            elements.append({"type": "text", "text": unescaped(part)})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "elements": [section]}


def _element(token: str) -> Json:
    inside, _, label = token.partition("|")
    if inside.startswith("@"):
        return {"type": "user", "user_id": inside[1:]}
    if inside.startswith("#"):
        return {"type": "channel", "channel_id": inside[1:]}
    if inside in ("!channel", "!here", "!everyone"):
        return {"type": "broadcast", "range": inside[1:]}
    if inside.startswith("!"):
        return {"type": "text", "text": label or inside}
    link: Json = {"type": "link", "url": unescaped(inside)}
    return link | {"text": unescaped(label)} if label else link
