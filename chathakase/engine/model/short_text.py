"""Asks a model for a short text, and reads what any model answers.

A stamp that a small model copies from people's messages is left out of it.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from chathakase.core.errors import ModelError
from chathakase.core.ports import LanguageModel
from chathakase.core.stamps import Unstamped
from chathakase.core.types import Finished, FinishReason, Piece, Prompt, TakenBack, Usage

TOO_LONG = "context_length_exceeded"
TOO_MUCH = frozenset({TOO_LONG, "no_answer"})
"""Why a model is asked once more with less: some servers answer nothing at all to a prompt that is too long."""

SHARES = (1.0, 0.5, 0.2)
"""How much of what fits a prompt takes up: at first, and after each refusal."""

SHORT_MOST = 40_000
"""Characters of a short text: twice what the longest summary has that is asked for."""

NO_ANSWER = "The model's answer was incomplete. Please try again."
NOTHING = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class ShortText:
    """A short text of a model, and what it cost."""

    text: str
    model: str
    usage: Usage


async def ask(model: LanguageModel, prompt: Prompt) -> ShortText:
    """Have a model write a short text. Raises ModelError, also when it is empty or cut."""
    try:
        return await _ask_once(model, prompt)
    except ModelError as error:
        # Once its server has named the window, the model asks for a shorter answer, beside which there is more room.
        if not error.limit:
            raise
    return await _ask_once(model, prompt)


async def _ask_once(model: LanguageModel, prompt: Prompt) -> ShortText:
    pieces: list[str] = []
    room = SHORT_MOST
    finished = Finished(None)
    async with aclosing(answer_of(model, prompt)) as stream:
        async for piece in stream:
            match piece:
                case Finished():
                    finished = piece
                case TakenBack():
                    pieces, room = [], SHORT_MOST
                case str():
                    pieces.append(piece)
                    room -= len(piece)
            if room < 0:
                raise ModelError("too_much", NO_ANSWER)
    text = "".join(pieces).strip()
    if not text or finished.reason is not FinishReason.WHOLE:
        raise ModelError(finished.reason or "cut", NO_ANSWER)
    return ShortText(text, finished.model or model.name, finished.usage or NOTHING)


async def answer_of(model: LanguageModel, prompt: Prompt) -> AsyncGenerator[Piece]:
    """What a model answers, without the stamps with which it may begin."""
    unstamped = Unstamped()
    async with aclosing(model.stream(prompt)) as pieces:
        async for piece in pieces:
            for each in unstamped.hear(piece):
                yield each
