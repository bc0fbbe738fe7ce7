"""Finds what was said in people's own threads, as far as they may see it."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import tzinfo

from chathakase.core.errors import DeliveryError
from chathakase.core.memory import SearchHit
from chathakase.core.mentions import by_name, mentioned
from chathakase.core.moments import clock_in, day_and_time
from chathakase.core.types import Person, Place
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.wording import plainly

HOW = (
    "Tell me what to look for: `search threads trip to Kyoto` finds the newest messages and titles with all of these "
    "words, in threads you took part in and can still read. Only you see the results."
)
NOTHING = "I found nothing for “{}” in your threads."
ONLY_DIRECT = "\n\nI couldn't find out which channels you are in, so I searched only your direct messages."
LISTED = 10
SHOWN = 80
"""Characters of what was looked for that are repeated."""
UNTITLED = "a thread"
AT_ONCE = 10
"""Channels of which it is asked at once what they are."""
TIMEOUT = 10.0
"""Seconds to wait for that."""

log = logging.getLogger(__name__)


class Searching:
    """Searches."""

    def __init__(self, context: CommandContext) -> None:
        self._search = context.stores.search
        self._surface = context.surface

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.SEARCH: self._find}

    async def _find(self, order: Order) -> Answer:
        if not order.argument:
            return privately(HOW)
        channels, note = await self._open_to(order)
        found = await self._search.search(order.argument, author=order.by, channels=channels, limit=LISTED)
        sought = plainly(order.argument[:SHOWN])
        if not found:
            return privately(NOTHING.format(sought) + note)
        people = await self._surface.people(
            order.where, [order.by], mentioned=mentioned(each.excerpt for each in found)
        )
        lines = [f"**“{sought}” in your threads**"]
        clock = clock_in(people[order.by].zone, people[order.by].offset)
        lines += [self._line(each, people, clock) for each in found]
        return privately("\n".join(lines) + note)

    async def _open_to(self, order: Order) -> tuple[Collection[Place], str]:
        """The channels that a person may read, and what has to be said of them."""
        try:
            channels = await self._surface.channels_with(order.where, order.by)
            return {order.where.beside(channel) for channel in channels}, ""
        except DeliveryError as error:
            log.warning("The channels of the person searching could not be determined: %s", error)
            return await self._direct(order), ONLY_DIRECT

    async def _direct(self, order: Order) -> set[Place]:
        """The direct messages of whoever asks, as far as they are told soon; nobody else takes part in them."""
        room, direct = asyncio.Semaphore(AT_ONCE), set[Place]()

        async def look(channel: Place) -> None:
            async with room:
                if (await self._surface.where(channel)).direct:
                    direct.add(channel)

        # Who has the same id in another workspace is somebody else.
        theirs = await self._search.channels_of(order.by)
        channels = [each for each in theirs if each == order.where.beside(each.channel)]
        with suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await asyncio.gather(*map(look, channels))
        return direct

    def _line(self, found: SearchHit, people: Mapping[str, Person], clock: tzinfo) -> str:
        link = self._surface.link(found.place, found.ref or found.place.thread) if found.place else ""
        when = day_and_time(found.at * 1000, clock)
        title = plainly(found.title) or UNTITLED
        excerpt = by_name(found.excerpt, {id_: person.name for id_, person in people.items()})
        return f"- {f'[{title}]({link})' if link else title}, {when}: {plainly(excerpt)}"
