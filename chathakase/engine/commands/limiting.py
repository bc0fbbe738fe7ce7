"""Tells of the limits of a day, and lets admins lift them for somebody."""

from collections.abc import Mapping

from chathakase.core.audit import Deed
from chathakase.core.daily_limits import LimitLevel, notice_of
from chathakase.core.mentions import MENTION
from chathakase.core.moments import DAY
from chathakase.core.wording import plainly
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, done, privately
from chathakase.engine.commands.command_context import CommandContext

NO_LIMITS = privately("There are no daily limits.")
FOR_WHOM = privately("Tell me for whom: `lift limits @name`. They then have no daily limits until the day ends.")
LIFTED = "Done: {name} has no daily limits until {when}."


class Limiting:
    """Speaks of limits, to one person alone."""

    def __init__(self, context: CommandContext) -> None:
        self._usage = context.stores.usage
        self._surface = context.surface
        self._notices = context.limit_notices
        self._limits = context.terms.daily_limits
        self._now = context.now

    def handlers(self) -> Mapping[str, Handler]:
        """Its command, and the notices."""
        return {parsing.LIFT_LIMITS: self._lift, **{level: self._telling(level) for level in LimitLevel}}

    def _telling(self, level: LimitLevel) -> Handler:
        async def tell(order: Order) -> Answer:
            notice = notice_of(level, order.argument)
            if notice.day < self._now() // DAY:
                return None
            return privately(await self._notices.text(notice, order.where, order.by))

        return tell

    async def _lift(self, order: Order) -> Answer:
        if not self._limits:
            return NO_LIMITS
        if (found := MENTION.fullmatch(order.argument)) is None:
            return FOR_WHOM
        day = await self._usage.lift(order.where, found[1])
        people = await self._surface.people(order.where, [found[1]])
        when = await self._notices.next_day(day, order.where, order.by)
        told = privately(LIFTED.format(name=plainly(people[found[1]].name), when=when))
        return done(Deed.LIFT, told, person=found[1])
