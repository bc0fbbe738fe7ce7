"""Pictures in a prompt, as Chat Completions have them, and what servers say that want none."""

import re
from base64 import b64encode
from typing import Any

import openai

from chathakase.core.types import Prompt, Speech
from chathakase.models.failures import said

REFUSING = frozenset({400, 404, 415, 422, 500, 501})
"""llama.cpp refuses pictures with 500, OpenRouter with 404, vLLM, Ollama and OpenAI with 400, DeepSeek with 422."""

ABOUT_PICTURES = re.compile(
    r"image|vision|multi-?modal|mmproj|content (?:parts?|must be a string|should be a string)|"
    r"should be a valid string|unmarshal array",
    re.IGNORECASE,
)
"""What their sentences name then."""
BROKEN = re.compile(r"upload|format|corrupt|decod|download|too large|dimension|resiz", re.IGNORECASE)
"""What they name if it is only this picture that they do not take."""


def messages_of(prompt: Prompt, *, seeing: bool) -> list[dict[str, Any]]:
    """A prompt as the messages of a request; content is a plain string unless there are pictures to be seen."""
    return [{"role": speech.role, "content": _content(speech, seeing)} for speech in prompt.speeches]


def pictures_refused(prompt: Prompt, error: openai.APIStatusError) -> bool:
    """Whether a server refused a prompt because of its pictures."""
    if error.status_code not in REFUSING or not any(speech.images for speech in prompt.speeches):
        return False
    return ABOUT_PICTURES.search(said(error)) is not None


def blindness(error: openai.APIStatusError) -> bool:
    """Whether the model sees no picture at all, so that none need be sent again."""
    return not BROKEN.search(said(error))


def _content(speech: Speech, seeing: bool) -> str | list[dict[str, Any]]:
    if not speech.images:
        return speech.content
    if not seeing:
        return f"{speech.content}\n\n[{_pictures(len(speech.images))} here that you cannot see]"
    shown = ({"url": f"data:{image.kind};base64,{b64encode(image.data).decode()}"} for image in speech.images)
    return [{"type": "text", "text": speech.content}, *({"type": "image_url", "image_url": url} for url in shown)]


def _pictures(count: int) -> str:
    return "There is a picture" if count == 1 else f"There are {count} pictures"
