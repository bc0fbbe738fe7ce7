"""Asks a model for an answer, once more with less when the prompt was too long."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chathakase.core.errors import ModelError
from chathakase.core.footnotes import about_pictures
from chathakase.core.ports import LanguageModel
from chathakase.core.types import Finished, Lease, Piece, Prompt
from chathakase.engine.context.context_builder import ContextBuilder
from chathakase.engine.model.calibration import Calibration
from chathakase.engine.model.short_text import SHARES, TOO_LONG, TOO_MUCH, answer_of

TOO_SMALL = "Even this is too long for the model. Your administrator should check its context length."

log = logging.getLogger(__name__)


class Asking:
    """Has turns answered."""

    def __init__(self, *, context_builder: ContextBuilder, model: LanguageModel, calibration: Calibration) -> None:
        self._context_builder = context_builder
        self._model = model
        self._calibration = calibration

    async def stream(self, lease: Lease) -> AsyncGenerator[Piece]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError and StoreError."""
        for share in SHARES:
            prompt, began = await self._context_builder.prompt(lease, share=share), False
            try:
                async with aclosing(answer_of(self._model, prompt)) as pieces:
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
        pictures = about_pictures(
            finished.unseen, sum(len(chat_message.images) for chat_message in prompt.chat_messages[-1:])
        )
        finished = replace(finished, footnotes=(*prompt.footnotes, *pictures))
        self._calibration.limit(self._model.name, finished.window)
        if any(chat_message.images for chat_message in prompt.chat_messages):
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
    return prompt.left_out > 0 or any(chat_message.role == "assistant" for chat_message in prompt.chat_messages)
