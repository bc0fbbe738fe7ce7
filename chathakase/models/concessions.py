"""What to change about a request so that a server takes it which refused it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import openai

from chathakase.core.types import Prompt
from chathakase.models.chat_messages import has_system
from chathakase.models.refusals import pictures
from chathakase.models.refusals.length import TOO_LARGE, is_too_long, left_for_answer, most_of_answer, named_window
from chathakase.models.refusals.options import refused_option
from chathakase.models.refusals.roles import system_is_refused
from chathakase.models.refusals.saying import status_of
from chathakase.models.shape import LENGTH, PICTURES, SYSTEM, Shape

FALLBACKS: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": None,
    "temperature": None,
    "stream_options": None,
}
"""Options that some servers or models refuse, and under what name to try them then (None: leave out)."""

SHORTEST = 256
"""Tokens of an answer below which it is not worth asking."""


@dataclass(frozen=True, slots=True)
class Concession:
    """One change to how requests are put."""

    subject: str
    """What is asked for otherwise, as ``Shape.asks_for`` names it."""
    most: int
    """How much of it is asked for from now on."""
    change: Callable[[Shape], Shape]
    lasting: bool = True
    """The server would refuse the same of any other prompt; else it is this one's fault, or a passing failure."""
    window: int = 0
    """The model's window in tokens, where that is why, and it is named."""


def concession(error: openai.APIError, shape: Shape, prompt: Prompt) -> Concession | None:
    """What a server's refusal asks for; None where nothing of this kind helps."""
    return (
        _about_pictures(error, shape, prompt)
        or _about_roles(error, shape, prompt)
        or _about_room(error, shape)
        or _about_options(error, shape)
        or _about_length(error, shape)
    )


def at_most(tokens: int) -> Concession:
    """Ask for no longer an answer; with 0 leave its length to the server."""
    return Concession(LENGTH, tokens, lambda shape: shape.no_longer_than(tokens))


def _about_pictures(error: openai.APIError, shape: Shape, prompt: Prompt) -> Concession | None:
    # A prompt that is too long is cut by whoever made it, unless it is the pictures that make the request so large.
    if is_too_long(error) and status_of(error) != TOO_LARGE:
        return None
    complaint = pictures.complaint(error, shape.shown(prompt))
    if complaint is None:
        return None
    most = complaint.most
    return Concession(PICTURES, most, lambda shape: replace(shape, pictures=most), complaint.lasting)


def _about_roles(error: openai.APIError, shape: Shape, prompt: Prompt) -> Concession | None:
    if not (shape.system and has_system(prompt) and system_is_refused(error)):
        return None
    return Concession(SYSTEM, 0, lambda shape: replace(shape, system=False))


def _about_room(error: openai.APIError, shape: Shape) -> Concession | None:
    """A shorter answer beside a prompt that has room by itself."""
    left = left_for_answer(error, shape.length)
    if not SHORTEST <= left < shape.length:
        return None
    window = named_window(error) if is_too_long(error) else 0
    return replace(at_most(left), lasting=False, window=window)


def _about_options(error: openai.APIError, shape: Shape) -> Concession | None:
    if is_too_long(error) or most_of_answer(error, shape.length):
        return None
    option = refused_option(error, [name for name in shape.options if name in FALLBACKS])
    if option is None:
        return None
    return Concession(option, 0, lambda shape: shape.without(option, instead=FALLBACKS[option]))


def _about_length(error: openai.APIError, shape: Shape) -> Concession | None:
    """A shorter answer, where the model writes none so long."""
    asked = shape.length
    most = most_of_answer(error, asked) if asked else None
    if most is None:
        return None
    if most < min(SHORTEST, asked):
        # Where no length is told that is worth asking for.
        most = asked // 4 if asked // 4 >= SHORTEST else 0
    return at_most(most)
