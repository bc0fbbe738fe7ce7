"""Reads what somebody sees of all their threads at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chathakase.core.access_rule import Decision
from chathakase.core.overview import AdminOverview, Overview, OverviewState, Shown
from chathakase.core.ports import OverviewStore, SessionStore, TitleStore
from chathakase.core.types import Place, Session
from chathakase.engine.access.access import Access
from chathakase.engine.access.rights import Right, Rights
from chathakase.engine.listings.list_request import ListRequest, read
from chathakase.engine.listings.person_threads import PersonThreads
from chathakase.engine.listings.readable_channels import ReadableChannels
from chathakase.engine.overviews.watchers import Watchers

ARCHIVED: Mapping[Shown, bool | None] = {Shown.ACTIVE: False, Shown.ARCHIVED: True, Shown.ALL: None}

OfPerson = Callable[[Place, str], Awaitable[Sequence[str]]]
"""Tells something of a person at a place, in lines of Markdown."""
OfAll = Callable[[Place, str, str], Awaitable[AdminOverview | None]]
"""Tells a person who may know it of everything at a place, from a cursor on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewReader:
    """Tells people of all their threads (an Overviews)."""

    threads: PersonThreads
    readable: ReadableChannels
    store: OverviewStore
    sessions: SessionStore
    titles: TitleStore
    access: Access
    rights: Rights
    watchers: Watchers
    used: OfPerson
    """What they used today, and what is left."""
    admin: OfAll
    """What admins see."""
    agent: str
    model: str
    now: Callable[[], int]
    """The time in epoch milliseconds."""

    def decision(self, where: Place, person: str) -> Decision:
        """Whether somebody may talk to the bot, as far as is known; nobody is waited for."""
        return self.access.decision(where, person)

    async def settle(self, where: Place, person: str) -> Decision:
        """The same, but it is waited for; after half a minute it stays unknown, and is a refusal."""
        return await self.access.settle(where, person)

    async def opened(self, where: Place, person: str) -> OverviewState:
        """Note that somebody looks at their overview; returns what they see now. Raises StoreError."""
        state = await self.store.opened(where.user_key(person))
        self.watchers.opened(where.user_key(person))
        return state

    async def keep(self, where: Place, person: str, state: OverviewState) -> None:
        """Note what somebody has chosen to see. Raises StoreError."""
        await self.store.keep(where.user_key(person), state)
        self.watchers.opened(where.user_key(person))

    async def kept(self, where: Place, person: str) -> OverviewState:
        """What somebody has chosen to see. Raises StoreError."""
        return await self.store.kept(where.user_key(person))

    async def read(self, where: Place, person: str, state: OverviewState, *, admin: bool = False) -> Overview:
        """What somebody sees; with ``admin``, admins also see what only they do. Raises StoreError."""
        found = await self.threads.page(person, where, request_of(state))
        if state.after and not found.page.threads:
            # What stood on a later page may have been put away since.
            state = replace(state, after="", page=1)
            found = await self.threads.page(person, where, request_of(state))
        return Overview(
            person=person,
            state=state,
            threads=found.page,
            names=await self.threads.names(where, found.page.threads),
            now=self.now(),
            agent=self.agent,
            model=self.model,
            used=tuple(await self.used(where, person)),
            note=found.readable.note("listed").strip(),
            admin=await self.admin(where, person, state.sessions_after) if admin else None,
        )

    async def title(self, where: Place, person: str, session: Session) -> str | None:
        """What a session is called now, empty if it has no title; None if it is not there any more.

        Also None if it is none of the person's threads, or in a channel that they can't read now. Raises StoreError.
        """
        if await self.sessions.find(session.place) != session.id:
            return None
        if await self.rights.part(session, person, where=where) < Right.TAKE_PART:
            return None
        return await self.titles.title(session.id) if await self.readable.is_readable(person, session.place) else None


def request_of(state: OverviewState) -> ListRequest:
    """Which threads somebody wants to see, and which page of them, who has chosen so."""
    request = read(" ".join(state.search.split()))
    if request.page > 1 or request.after or request == ListRequest():
        # Which page it is, is told beside the words; also the first one.
        request = ListRequest(words=state.search)
    archived = True if request.archived else ARCHIVED[state.shown]
    return replace(request, archived=archived, page=state.page if state.after else 1, after=state.after)
