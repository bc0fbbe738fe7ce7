"""Has a model write short texts, titles and summaries, in the places that there are for its calls."""

from chathakase.core.ports import LanguageModel
from chathakase.core.types import Prompt, Who
from chathakase.engine.asking import Words, ask
from chathakase.engine.places import Places, Rank


class Writer:
    """One model, whose calls are all of one rank."""

    def __init__(self, model: LanguageModel, places: Places, rank: Rank) -> None:
        self._model = model
        self._places = places
        self._rank = rank

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._model.name

    async def write(self, prompt: Prompt, *, whose: Who | None = None) -> Words:
        """Have a short text written for somebody, once there is a place.

        Raises ModelError, also when the text is empty or cut, and Yielded in the background.
        """
        async with self._places.place(self._rank, whose=whose):
            return await ask(self._model, prompt)
