"""Reads a person's threads page by page, as far as they can read them now."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from chathakase import log_events
from chathakase.core.listing import PAGE, ListedThread, ThreadFilter, ThreadsPage
from chathakase.core.mentions import mentioned
from chathakase.core.moments import EPOCH, clock_in
from chathakase.core.ports import ListingStore, SearchStore, Surface
from chathakase.core.types import Place
from chathakase.engine.listings.list_request import ListRequest
from chathakase.engine.listings.readable_channels import Readable, ReadableChannels

_Read = Callable[[str, int], Awaitable[ThreadsPage]]
"""Reads so many threads behind a cursor."""


@dataclass(frozen=True, slots=True)
class PersonThreadsPage:
    """Some threads of a person."""

    page: ThreadsPage
    readable: Readable
    """Where they were looked for."""


class PersonThreads:
    """Lists the threads that somebody owns or took part in."""

    def __init__(self, listing: ListingStore, search: SearchStore, surface: Surface) -> None:
        self._listing = listing
        self._surface = surface
        self._readable = ReadableChannels(search, surface)

    async def page(self, person: str, where: Place, request: ListRequest) -> PersonThreadsPage:
        """A page of a person's threads in a place's workspace. Raises StoreError."""
        readable = await self._readable.of(person, where)
        which = await self._filter(person, where, request)

        async def read(after: str, limit: int) -> ThreadsPage:
            return await self._listing.page(
                person, where.workspace_key, channels=readable.channels, which=which, after=after, limit=limit
            )

        page = await _requested(request, read)
        log_events.threads_listed(where, by=person, threads=len(page.threads), total=page.total)
        return PersonThreadsPage(page, readable)

    async def names(self, where: Place, threads: Iterable[ListedThread]) -> Mapping[str, str]:
        """The names of those who are mentioned in what is told of threads, by user id."""
        ids = mentioned(text for each in threads for text in (each.title, each.last.text if each.last else ""))
        people = await self._surface.people(where, [], mentioned=ids) if ids else {}
        return {id_: person.name for id_, person in people.items()}

    async def _filter(self, person: str, where: Place, request: ListRequest) -> ThreadFilter:
        which = ThreadFilter(words=request.words, archived=request.archived)
        if request.since is None and request.until is None:
            return which
        asking = (await self._surface.people(where, [person]))[person]
        return within(which, request, clock_in(asking.zone, asking.offset))


async def _requested(request: ListRequest, read: _Read) -> ThreadsPage:
    """The page that is asked for: behind its cursor, or as many pages down as it says."""
    if request.after or request.page == 1:
        return await read(request.after, PAGE)
    before = await read("", (request.page - 1) * PAGE)
    return await read(before.next, PAGE) if before.next else ThreadsPage((), before.total, "")


def within(which: ThreadFilter, request: ListRequest, clock: tzinfo) -> ThreadFilter:
    """The same threads as far as they were active last on the days that are asked for, on a clock."""
    since = _begins(request.since, clock) if request.since else 0
    until = _ends(request.until, clock) if request.until else 0
    return ThreadFilter(words=which.words, archived=which.archived, since=since, until=until)


def _begins(day: date, clock: tzinfo) -> int:
    """When a day begins on a clock, in epoch milliseconds."""
    begins = datetime(day.year, day.month, day.day, tzinfo=clock)
    return (begins - EPOCH) // timedelta(milliseconds=1)


def _ends(day: date, clock: tzinfo) -> int:
    """When a day ends, never 0, which is no bound; but for the last day that there is, which has no end."""
    return max(_begins(day + timedelta(days=1), clock), 1) if day < date.max else 0
