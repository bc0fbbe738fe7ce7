"""Through what the model sees: its window as far as that is known and learned, and whether it sees pictures."""

from chathakase.core.ports import TokenCounter
from chathakase.core.window import ModelFacts, Window
from chathakase.engine.model.calibration import Calibration


class ModelWindow:
    """One model's window."""

    def __init__(
        self, model: str, facts: ModelFacts, *, reserve: int, counter: TokenCounter, calibration: Calibration
    ) -> None:
        """``reserve``: tokens that are kept for an answer."""
        self._model = model
        self._facts = facts
        self._reserve = reserve
        self._counter = counter
        self._calibration = calibration

    @property
    def sees(self) -> bool:
        """Whether the model sees pictures."""
        return self._facts.vision

    def window(self) -> Window:
        """The room that there is now."""
        tokens = self._calibration.window(self._model, self._facts.window)
        return Window(tokens, self._reserve, self._counter, self._calibration.ratio(self._model))
