"""What the engine needs of a model."""

from collections.abc import AsyncGenerator
from typing import Protocol

from chathakase.core.types import Finished, Prompt


class LanguageModel(Protocol):
    """Speaks."""

    @property
    def name(self) -> str:
        """The model that is asked for."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[str | Finished]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError."""


class TokenCounter(Protocol):
    """Counts tokens, exactly or nearly."""

    @property
    def name(self) -> str:
        """How it counts, for people: ``estimate``, or the name of a vocabulary."""

    def count(self, text: str) -> int:
        """How many tokens a text has, whatever it holds."""
