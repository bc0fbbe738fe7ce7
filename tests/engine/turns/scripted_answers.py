"""Answers that models give, and how people see them end."""

from chathakase.core.errors import ModelError
from chathakase.core.types import (
    Outcome,
    Prompt,
    TurnAction,
)
from tests.doubles.scripted_model import Step
from tests.doubles.surface import Final

OVERLOADED = ModelError("overloaded", "The model is overloaded. Try again in a minute.")
SLOW: tuple[Step, ...] = (0.5, "Well", 9.0, ", no.")
"""An answer that takes some while."""


def end(
    at: float, text: str, outcome: Outcome = Outcome.ANSWERED, offer: TurnAction | None = None, *below: str
) -> Final:
    return Final(at, text, outcome, offer, below)


def chat_messages(prompt: Prompt) -> list[str]:
    """Who speaks in a prompt."""
    return [chat_message.role for chat_message in prompt.chat_messages]
