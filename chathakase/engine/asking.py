"""Asks a model: for an answer, once more with less when it was too much; or for a short text at once.

A stamp that a small model copies from people's messages is left out of either.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from chathakase.core.errors import ModelError
from chathakase.core.footnotes import about_pictures
from chathakase.core.ports import LanguageModel
from chathakase.core.stamps import Unstamped
from chathakase.core.types import Ending, Finished, Lease, Piece, Prompt, TakenBack, Usage
from chathakase.engine.calibration import Calibration
from chathakase.engine.recall import Recall

TOO_LONG = "context_length_exceeded"
TOO_MUCH = frozenset({TOO_LONG, "no_answer"})
"""Why a model is asked once more with less: some servers answer nothing at all to a prompt that is too long."""

SHARES = (1.0, 0.5, 0.2)
"""How much of what fits a prompt takes up: at first, and after each refusal."""

SHORT_MOST = 40_000
"""Characters of a short text: twice what the longest summary has that is asked for."""

TOO_SMALL = "Even this is too long for the model. Your administrator should check its context length."
NO_ANSWER = "The model's answer was incomplete. Please try again."
NOTHING = Usage(0, 0)

log = logging.getLogger(__name__)


class Asking:
    """Has turns answered."""

    def __init__(self, *, recall: Recall, model: LanguageModel, calibration: Calibration) -> None:
        self._recall = recall
        self._model = model
        self._calibration = calibration

    async def stream(self, lease: Lease) -> AsyncGenerator[Piece]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError and StoreError."""
        for share in SHARES:
            prompt, began = await self._recall.prompt(lease, share=share), False
            try:
                async with aclosing(_heard(self._model, prompt)) as pieces:
                    async for piece in pieces:
                        began = True
                        yield self._noted(piece, prompt) if isinstance(piece, Finished) else piece
                return
            except ModelError as error:
                if began or error.code not in TOO_MUCH:
                    raise
                if share == SHARES[-1]:
                    raise _too_small(error, prompt) from error
                self._calibration.limit(self._model.name, error.limit)
                log.info("A prompt of about %d tokens was too long in %s", prompt.tokens, lease.place.name)

    def _noted(self, finished: Finished, prompt: Prompt) -> Finished:
        """What the model says at its end, with the prompt's footnotes.

        It teaches the model's window, and how many tokens a prompt had; not the latter where there were pictures, which
        each server counts differently.
        """
        pictures = about_pictures(finished.unseen, sum(len(speech.images) for speech in prompt.speeches[-1:]))
        finished = replace(finished, footnotes=(*prompt.footnotes, *pictures))
        self._calibration.limit(self._model.name, finished.window)
        if any(speech.images for speech in prompt.speeches):
            return finished
        if finished.usage is not None:
            self._calibration.learn(self._model.name, prompt.tokens, finished.usage.prompt_tokens)
        return replace(finished, estimate=prompt.tokens)


def _too_small(error: ModelError, prompt: Prompt) -> ModelError:
    """What is told where the model takes not even the least."""
    whole = error.code == TOO_LONG and not _goes_back(prompt)
    return ModelError(TOO_LONG, TOO_SMALL, limit=error.limit) if whole else error


def _goes_back(prompt: Prompt) -> bool:
    """Whether a prompt tells of anything before what is asked now, which could be forgotten."""
    return prompt.left_out > 0 or any(speech.role == "assistant" for speech in prompt.speeches)


@dataclass(frozen=True, slots=True)
class Words:
    """A short text of a model, and what it cost."""

    text: str
    model: str
    usage: Usage


async def ask(model: LanguageModel, prompt: Prompt) -> Words:
    """Have a model write a short text. Raises ModelError, also when it is empty or cut."""
    try:
        return await _ask_once(model, prompt)
    except ModelError as error:
        # Once its server has named the window, the model asks for a shorter answer, beside which there is more room.
        if not error.limit:
            raise
    return await _ask_once(model, prompt)


async def _ask_once(model: LanguageModel, prompt: Prompt) -> Words:
    pieces: list[str] = []
    room = SHORT_MOST
    finished = Finished(None)
    async with aclosing(_heard(model, prompt)) as stream:
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
    if not text or finished.reason is not Ending.WHOLE:
        raise ModelError(finished.reason or "cut", NO_ANSWER)
    return Words(text, finished.model or model.name, finished.usage or NOTHING)


async def _heard(model: LanguageModel, prompt: Prompt) -> AsyncGenerator[Piece]:
    """What a model answers, without the stamps with which it may begin."""
    unstamped = Unstamped()
    async with aclosing(model.stream(prompt)) as pieces:
        async for piece in pieces:
            for each in unstamped.hear(piece):
                yield each
