"""The models that the engine asks, and through what they see."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from chathakase.core.ports import LanguageModel, TokenCounter, TurnStore
from chathakase.core.window import ModelFacts
from chathakase.engine.model.calibration import Calibration
from chathakase.engine.model.model_window import ModelWindow
from chathakase.engine.model.summary_threshold import SummaryThreshold

SHORT = 4_000
"""Tokens of the longest summary, with what a model thinks before it; no more than a quarter of its window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPorts:
    """The models that there are, and what is known of them."""

    model: LanguageModel
    background: LanguageModel | None
    """Writes summaries and titles; None when there are to be none but those that somebody asks for."""
    facts: Callable[[str], ModelFacts]
    """What is known of a model, by its name."""
    counter: TokenCounter
    is_exact: bool
    """Whether the counter counts as the model's server does."""
    reserve: int
    """Tokens that are kept for an answer."""


class Models:
    """Knows each model's window."""

    def __init__(self, models: ModelPorts) -> None:
        self.model, self.background = models.model, models.background
        self.calibration = Calibration(exact=models.is_exact)
        self._models = models
        self.model_window = self._model_window(models.model, models.reserve)
        self._writer_model_window = self._model_window_of_writer()

    @property
    def writer(self) -> LanguageModel:
        """The model that writes titles and summaries."""
        return self.background or self.model

    def threshold(self, most: int) -> SummaryThreshold:
        """How much there may be of messages: at most so many."""
        room = self.model_window.window().room
        return SummaryThreshold(most, room, min(room, self._writer_model_window.window().room))

    async def learn(self, turns: TurnStore) -> None:
        """Learn again what earlier turns showed about how the model counts. Raises StoreError."""
        for answered, estimate, reported in await turns.calibration():
            if is_version_of(self.model.name, answered):
                self.calibration.learn(self.model.name, estimate, reported)

    def _model_window_of_writer(self) -> ModelWindow:
        if self.background is None:
            return self.model_window
        return self._model_window(self.background, longest_summary(self._facts(self.background)))

    def _facts(self, model: LanguageModel) -> ModelFacts:
        return self._models.facts(model.name)

    def _model_window(self, model: LanguageModel, reserve: int) -> ModelWindow:
        counter = self._models.counter
        return ModelWindow(
            model.name, self._facts(model), reserve=reserve, counter=counter, calibration=self.calibration
        )


def longest_summary(facts: ModelFacts) -> int:
    """How many tokens a model is asked for at most where it writes a summary."""
    return min(SHORT, facts.window // 4)


def is_version_of(name: str, answered: str) -> bool:
    """Whether a model that answered is the one that was asked for: servers name its date or version besides."""
    return re.fullmatch(re.escape(name) + r"([-@:]v?\d[\d.-]*)?", answered) is not None
