"""A prompt as the messages of a request. Pure."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from chathakase.core.prompt import in_turns
from chathakase.core.types import ChatMessage, Prompt


def messages_of(prompt: Prompt, *, pictures: int, system: bool) -> list[dict[str, Any]]:
    """The messages: with so many of the newest pictures at most, and the system prompt as a message of its own or not.

    Content is a plain string unless there are pictures to be seen.
    """
    chat_messages = in_turns(prompt.chat_messages if system else _without_system(prompt.chat_messages))
    shown = _shown(chat_messages, pictures)
    return [
        {"role": each.role, "content": _content(each, count)} for each, count in zip(chat_messages, shown, strict=True)
    ]


def pictures_in(prompt: Prompt) -> int:
    """How many pictures a prompt has."""
    return sum(len(chat_message.images) for chat_message in prompt.chat_messages)


def has_system(prompt: Prompt) -> bool:
    """Whether a prompt has a system prompt."""
    return any(chat_message.role == "system" for chat_message in prompt.chat_messages)


def _without_system(chat_messages: Iterable[ChatMessage]) -> Iterator[ChatMessage]:
    """The system prompt at the beginning of people's first message, or as their first where the assistant begins."""
    for chat_message in chat_messages:
        yield replace(chat_message, role="user") if chat_message.role == "system" else chat_message


def _shown(chat_messages: Sequence[ChatMessage], most: int) -> list[int]:
    """How many pictures of each chat message are shown: the newest."""
    shown: list[int] = []
    for chat_message in reversed(chat_messages):
        shown.append(min(len(chat_message.images), most))
        most -= shown[-1]
    return shown[::-1]


def _content(chat_message: ChatMessage, shown: int) -> str | list[dict[str, Any]]:
    text = chat_message.content
    if shown < len(chat_message.images):
        text = f"{text}\n\n{_unseen(len(chat_message.images) - shown, shown)}"
    if not shown:
        return text
    urls = (
        {"url": f"data:{each.kind};base64,{b64encode(each.data).decode()}"} for each in chat_message.images[-shown:]
    )
    return [{"type": "text", "text": text}, *({"type": "image_url", "image_url": url} for url in urls)]


def _unseen(count: int, shown: int) -> str:
    there = "There is a picture" if count == 1 else f"There are {count} pictures"
    return f"[{there} here that you cannot see{f'; you see only the last {shown}' if shown else ''}]"
