"""Finds what was said in people's own threads, as far as they may see it."""

from collections.abc import Mapping
from datetime import tzinfo

from chathakase.core.listing import UNTITLED
from chathakase.core.memory import SearchHit
from chathakase.core.mentions import by_name, mentioned
from chathakase.core.moments import clock_in, day_and_time
from chathakase.core.types import Person
from chathakase.core.wording import plainly
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.listings.readable_channels import ReadableChannels

HOW = (
    "Tell me what to look for: `search threads trip to Kyoto` finds the newest messages and titles with all of these "
    "words, in threads you took part in and can still read. Only you see the results."
)
NOTHING = "I found nothing for “{}” in your threads."
LISTED = 10
SHOWN = 80
"""Characters of what was looked for that are repeated."""


class Searching:
    """Searches."""

    def __init__(self, context: CommandContext) -> None:
        self._search = context.stores.search
        self._surface = context.surface
        self._readable = ReadableChannels(context.stores.search, context.surface)

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.SEARCH: self._find}

    async def _find(self, order: Order) -> Answer:
        if not order.argument:
            return privately(HOW)
        readable = await self._readable.of(order.by, order.where)
        channels, note = readable.channels, readable.note("searched")
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

    def _line(self, found: SearchHit, people: Mapping[str, Person], clock: tzinfo) -> str:
        link = self._surface.link(found.place, found.ref or found.place.thread) if found.place else ""
        when = day_and_time(found.at * 1000, clock)
        title = plainly(found.title) or UNTITLED
        excerpt = by_name(found.excerpt, {id_: person.name for id_, person in people.items()})
        return f"- {f'[{title}]({link})' if link else title}, {when}: {plainly(excerpt)}"
