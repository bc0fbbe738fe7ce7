"""What people may want of an answer: that it ends, or that it is written anew."""

from collections.abc import Mapping

from chathakase.core.errands import Press
from chathakase.core.types import Wish
from chathakase.engine.commands import parsing
from chathakase.engine.commands.answers import Act, Answer, Order, privately
from chathakase.engine.commands.means import Means

NO_ANSWER = "I have answered nothing here yet that I could answer again."

STOPPED = "I stopped writing this answer."


class Answering:
    """Heeds wishes by their words, as buttons are heeded."""

    def __init__(self, means: Means) -> None:
        self._presses = means.presses
        self._turns = means.stores.turns

    def acts(self) -> Mapping[str, Act]:
        """Its commands."""
        return {parsing.STOP: self._stop, parsing.ANSWER_AGAIN: self._again}

    async def _stop(self, order: Order) -> Answer:
        told = await self._presses.heed(Press(order.place, order.ref, order.by, Wish.STOP))
        if told or not order.elsewhere:
            return privately(told) if told else None
        return privately(STOPPED)

    async def _again(self, order: Order) -> Answer:
        newest = await self._turns.newest(order.place.session_id)
        if newest is None:
            return privately(NO_ANSWER)
        turn, run = newest
        told = await self._presses.heed(Press(order.place, order.ref, order.by, Wish.RETRY, turn, run))
        return privately(told) if told else None
