"""A prompt as the messages of a request. Pure."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from chathakase.core.prompt import in_turns
from chathakase.core.types import Prompt, Speech


def messages_of(prompt: Prompt, *, pictures: int, system: bool) -> list[dict[str, Any]]:
    """The messages: with so many of the newest pictures at most, and the system prompt as a message of its own or not.

    Content is a plain string unless there are pictures to be seen.
    """
    speeches = in_turns(prompt.speeches if system else _without_system(prompt.speeches))
    shown = _shown(speeches, pictures)
    return [{"role": each.role, "content": _content(each, count)} for each, count in zip(speeches, shown, strict=True)]


def pictures_in(prompt: Prompt) -> int:
    """How many pictures a prompt has."""
    return sum(len(speech.images) for speech in prompt.speeches)


def has_system(prompt: Prompt) -> bool:
    """Whether a prompt has a system prompt."""
    return any(speech.role == "system" for speech in prompt.speeches)


def _without_system(speeches: Iterable[Speech]) -> Iterator[Speech]:
    """The system prompt at the beginning of people's first message, or as their first where the assistant begins."""
    for speech in speeches:
        yield replace(speech, role="user") if speech.role == "system" else speech


def _shown(speeches: Sequence[Speech], most: int) -> list[int]:
    """How many pictures of each speech are shown: the newest."""
    shown: list[int] = []
    for speech in reversed(speeches):
        shown.append(min(len(speech.images), most))
        most -= shown[-1]
    return shown[::-1]


def _content(speech: Speech, shown: int) -> str | list[dict[str, Any]]:
    text = speech.content
    if shown < len(speech.images):
        text = f"{text}\n\n{_unseen(len(speech.images) - shown, shown)}"
    if not shown:
        return text
    urls = ({"url": f"data:{each.kind};base64,{b64encode(each.data).decode()}"} for each in speech.images[-shown:])
    return [{"type": "text", "text": text}, *({"type": "image_url", "image_url": url} for url in urls)]


def _unseen(count: int, shown: int) -> str:
    there = "There is a picture" if count == 1 else f"There are {count} pictures"
    return f"[{there} here that you cannot see{f'; you see only the last {shown}' if shown else ''}]"
