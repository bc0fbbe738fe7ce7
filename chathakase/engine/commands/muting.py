"""Has the bot answer nobody in a channel, and answer there again."""

from collections.abc import Mapping

from chathakase.core.audit import Deed
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, Said, done, privately
from chathakase.engine.commands.command_context import CommandContext

MUTED = "Done: I have muted {channel}. I won't answer anybody there until an admin says `unmute channel`."
MUTED_ALREADY = "I am already muted in {channel}."
UNMUTED = "Done: I answer in {channel} again."
NOT_MUTED = "I am not muted in {channel}."
NO_CHANNEL = privately("This isn't a channel, so there is nothing to mute. Say it in the channel you mean.")


class Muting:
    """Mutes channels, for admins."""

    def __init__(self, context: CommandContext) -> None:
        self._muted_channels = context.muted_channels
        self._surface = context.surface

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.MUTE: self._mute, parsing.UNMUTE: self._unmute}

    async def _mute(self, order: Order) -> Answer:
        if not self._is_in_a_channel(order):
            return NO_CHANNEL
        changed = await self._muted_channels.mute(order.place, by=order.by)
        if _has_done_so(order, changed=changed):
            return done(Deed.MUTE, self._worded(MUTED, order))
        return self._worded(MUTED_ALREADY, order)

    async def _unmute(self, order: Order) -> Answer:
        if not self._is_in_a_channel(order):
            return NO_CHANNEL
        changed = await self._muted_channels.unmute(order.place)
        if _has_done_so(order, changed=changed):
            return done(Deed.UNMUTE, self._worded(UNMUTED, order))
        return self._worded(NOT_MUTED, order)

    def _is_in_a_channel(self, order: Order) -> bool:
        return bool(order.place.channel) and not self._surface.is_direct(order.place)

    def _worded(self, text: str, order: Order) -> Said:
        return privately(text.format(channel=self._surface.describe(order.place)))


def _has_done_so(order: Order, *, changed: bool) -> bool:
    """Whether this very job changed something, which may have died before it said so."""
    return changed or order.job.attempt > 1
