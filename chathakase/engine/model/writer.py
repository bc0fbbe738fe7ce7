"""Has a model write short texts, titles and summaries, in the slots that there are for its calls."""

from chathakase.core.ports import LanguageModel
from chathakase.core.types import Prompt, UserKey
from chathakase.engine.model.model_slots import ModelSlots, Rank
from chathakase.engine.model.short_text import ShortText, ask


class Writer:
    """One model, whose calls are all of one rank."""

    def __init__(self, model: LanguageModel, slots: ModelSlots, rank: Rank) -> None:
        self._model = model
        self._slots = slots
        self._rank = rank

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._model.name

    async def write(self, prompt: Prompt, *, whose: UserKey | None = None) -> ShortText:
        """Have a short text written for somebody, once there is a slot.

        Raises ModelError, also when the text is empty or cut, and Yielded in the background.
        """
        async with self._slots.slot(self._rank, whose=whose):
            return await ask(self._model, prompt)
