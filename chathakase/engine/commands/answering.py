"""What people may want of an answer: that it ends, or that it is written again."""

from collections.abc import Mapping

from chathakase.core.audit import Deed
from chathakase.core.jobs import Interaction
from chathakase.core.types import Answered, TurnAction
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, privately, refused
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.turns.interactions import NOT_YOURS

NO_ANSWER = "I haven't answered anything here yet, so there is nothing to rewrite."
STILL_WRITING = "I am still writing an answer here. Say `answer again` when it is finished, or `stop` to end it."
AGAIN = "I'm rewriting {}. It will change in place, further up."
STOPPED = "I stopped writing this answer."

DEEDS: Mapping[TurnAction, Deed] = {
    TurnAction.STOP: Deed.STOP,
    TurnAction.RETRY: Deed.ANSWER_AGAIN,
    TurnAction.CONTINUE: Deed.CONTINUE,
}
"""What the audit log calls what people want of an answer, where they have no right to it."""


def answer_to(interaction: Interaction, told: str) -> Answer:
    """What somebody is told who wanted something of an answer: a sentence, or nothing when they will see it."""
    if told == NOT_YOURS:
        return refused(DEEDS[interaction.action], privately(told))
    return privately(told) if told else None


class Answering:
    """Does by word what buttons do."""

    def __init__(self, context: CommandContext) -> None:
        self._interactions = context.interactions
        self._turns = context.stores.turns
        self._surface = context.surface

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.STOP: self._stop, parsing.ANSWER_AGAIN: self._again}

    async def _stop(self, order: Order) -> Answer:
        interaction = Interaction(order.place, order.ref, order.by, TurnAction.STOP, said=order.said)
        told = await self._interactions.carry_out(interaction, order.session.id)
        if told or not order.elsewhere:
            return answer_to(interaction, told)
        return privately(STOPPED)

    async def _again(self, order: Order) -> Answer:
        if await self._interactions.is_writing(order.session.id):
            return privately(STILL_WRITING)
        newest = await self._turns.newest(order.session.id, but=order.ref)
        if newest is None:
            return privately(NO_ANSWER)
        interaction = Interaction(order.place, order.ref, order.by, TurnAction.RETRY, newest.turn, newest.run)
        told = await self._interactions.carry_out(interaction, order.session.id)
        return answer_to(interaction, told) if told else self._sign(order, newest)

    def _sign(self, order: Order, newest: Answered) -> Answer:
        """Where the answer is that is written again, unless it is in sight."""
        if newest.is_last and not order.elsewhere:
            return None
        link = self._surface.link(order.place, newest.ref) if newest.ref else ""
        return privately(AGAIN.format(f"[my last answer]({link})" if link else "my last answer"))
