"""Tells a thread in short, to people and to the model."""

import logging
from collections.abc import Mapping

from chathakase.core.amounts import counted
from chathakase.core.errors import LimitExceeded, ModelError
from chathakase.core.listing import GONE
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, Said, privately
from chathakase.engine.commands.command_context import CommandContext

NOTHING_OLD = "There is nothing to compact: this thread is short enough to remember word for word."

log = logging.getLogger(__name__)


class Summarising:
    """Has summaries written."""

    def __init__(self, context: CommandContext) -> None:
        self._sessions = context.stores.sessions
        self._summaries = context.summaries
        self._context_builder = context.context_builder
        self._usage = context.stores.usage
        self._limit_notices = context.limit_notices

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.SUMMARISE: self._counted(self._summarise), parsing.COMPACT: self._counted(self._compact)}

    def _counted(self, handler: Handler) -> Handler:
        """What counts as a question, and is refused where a limit of the day is reached."""

        async def handle(order: Order) -> Answer:
            try:
                await self._usage.ask(order.job)
            except LimitExceeded as error:
                return privately(await self._limit_notices.refusal(error.notice, order.where, order.by))
            answer = await handler(order)
            # Writing takes long enough for somebody to have it deleted meanwhile.
            return answer if await self._sessions.find(order.place) == order.session.id else privately(GONE)

        return handle

    async def _summarise(self, order: Order) -> Said:
        await self._context_builder.bring_in(order.session, whose=order.by)
        try:
            return Said(await self._summaries.summarise(order.session, whose=order.by))
        except ModelError as error:
            return _failed(order, error)

    async def _compact(self, order: Order) -> Said:
        await self._context_builder.bring_in(order.session, whose=order.by)
        try:
            done = await self._summaries.compact(order.session, whose=order.by)
        except ModelError as error:
            return _failed(order, error)
        if not done.messages:
            return Said(NOTHING_OLD)
        return Said(
            f"Done: I now remember {counted(done.messages, 'older message')} as a summary. This thread took up about "
            f"{done.before:,} tokens and now takes up about {done.after:,}. Nothing is lost: searches and "
            "exports still have every word."
        )


def _failed(order: Order, error: ModelError) -> Said:
    log.warning("No summary could be written in %s: %s", order.place.name, error.code)
    return Said(error.told)
