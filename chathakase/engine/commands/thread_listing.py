"""Lists people's own threads, for the eyes of whoever asks only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chathakase.core.listing import ListedThread, ThreadsPage
from chathakase.core.types import Choice
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Handler, Order, Said
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.listings.list_request import ListRequest, read
from chathakase.engine.listings.list_text import Telling, told
from chathakase.engine.listings.person_threads import PersonThreads


class Listing:
    """Tells people which threads they have."""

    def __init__(self, context: CommandContext) -> None:
        self._threads = PersonThreads(context.stores.listing, context.stores.search, context.surface)
        self._surface = context.surface
        self._now = context.now

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.THREADS: self._list}

    async def _list(self, order: Order) -> Said:
        request = read(order.argument)
        found = await self._threads.page(order.by, order.where, request)
        telling = await self._telling(order, found.page.threads)
        choices = tuple(self._choices(order, request, found.page)) if found.page.threads else ()
        return Said(told(request, found, telling), private=True, choices=choices)

    def _choices(self, order: Order, request: ListRequest, page: ThreadsPage) -> Iterator[Choice]:
        if page.next:
            yield Choice("Next page", f"{parsing.THREADS} {request.next(page.next).in_words()}")
        if self._surface.traits(order.where).overviews:
            yield Choice("Open as a window", replace(request, page=1, after="").in_words(), overview=True)

    async def _telling(self, order: Order, threads: Sequence[ListedThread]) -> Telling:
        names = await self._threads.names(order.where, threads)
        return Telling(self._now(), names, self._surface.link, self._surface.describe)
