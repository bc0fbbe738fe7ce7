"""What the engine needs of a model."""

from collections.abc import AsyncGenerator
from typing import Protocol

from chathakase.core.types import Piece, Prompt


class LanguageModel(Protocol):
    """Speaks."""

    @property
    def name(self) -> str:
        """The model that is asked for."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError.

        What was yielded before a TakenBack is no part of the answer.
        """


class TokenCounter(Protocol):
    """Counts tokens, exactly or nearly."""

    @property
    def name(self) -> str:
        """How it counts, for people: ``estimate``, or the name of a vocabulary."""

    def count(self, text: str) -> int:
        """How many tokens a text has, whatever it holds."""
