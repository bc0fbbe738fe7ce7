"""A message as a reader sees it: Markdown with names instead of ids."""

from __future__ import annotations

import re

from chathakase.playground.content.mrkdwn import unescaped
from chathakase.playground.world.values import Json, Message
from chathakase.playground.world.world import World

_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)", re.DOTALL)
_TOKEN = re.compile(r"<([@#!]|https?://|mailto:|tel:)([^<>|\n]*)(?:\|([^<>\n]*))?>")


def markdown_of(world: World, message: Message) -> str:
    """What a message shows, as Markdown: its blocks as far as they are text, else its `text`."""
    shown = [text for block in message.blocks if (text := _block_text(block))]
    return "\n\n".join(_named(world, text) for text in shown) or _named(world, message.text)


def without_html(markdown: str) -> str:
    """Markdown in which what looks like an HTML tag stays visible, since Slack knows no HTML."""
    parts = _CODE.split(markdown)
    parts[::2] = [part.replace("<", "\\<") for part in parts[::2]]
    return "".join(parts)


def _block_text(block: Json) -> str:
    match block:
        case {"type": "markdown", "text": str(text)}:
            return text
        case {"type": "section" | "header", "text": {"text": str(text)}}:
            return text
        case {"type": "context", "elements": list(elements)}:
            texts = (each["text"] for each in elements if isinstance(each, dict) and "text" in each)
            return " ".join(text for text in texts if isinstance(text, str))
        case {"type": "divider"}:
            return "---"
    return ""


def _named(world: World, text: str) -> str:
    def name(match: re.Match[str]) -> str:
        sigil, inside, label = match.groups()
        if sigil == "@":
            user = world.users.get(inside)
            return f"@{user.display_name or user.name}" if user else match.group()
        if sigil == "#":
            conversation = world.conversation(inside)
            return f"#{conversation.name if conversation else label or inside}"
        if sigil == "!":
            return label or f"@{inside}"
        return f"[{label}]({sigil}{inside})" if label else f"{sigil}{inside}"

    return unescaped(_TOKEN.sub(name, text))
