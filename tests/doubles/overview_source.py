"""What the engine tells of people's threads, as a test has it."""

import asyncio
from dataclasses import dataclass, field, replace

from chathakase.core.access_rule import Decision
from chathakase.core.errors import StoreError
from chathakase.core.listing import ListedThread, ThreadsPage
from chathakase.core.overview import AdminOverview, Overview, OverviewState
from chathakase.core.ports import Overviews
from chathakase.core.types import Place, Session


@dataclass
class OverviewSource(Overviews):
    """Everybody has the same threads.

    ``hold`` keeps whatever is read from being there; so many times, ``refusals``, the database refuses.
    """

    threads: list[ListedThread] = field(default_factory=list)
    next: str = ""
    states: dict[str, OverviewState] = field(default_factory=dict)
    seen: list[tuple[str, OverviewState]] = field(default_factory=list)
    """What was read, and by whom."""
    openings: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Who may not talk to the bot."""
    closed: set[str] = field(default_factory=set)
    """Channels in which it may not answer."""
    admin: AdminOverview | None = None
    refusals: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.hold.set()

    def decision(self, where: Place, person: str) -> Decision:
        return Decision.REFUSED if person in self.refused or where.channel in self.closed else Decision.ALLOWED

    async def settle(self, where: Place, person: str) -> Decision:
        return self.decision(where, person)

    async def opened(self, where: Place, person: str) -> OverviewState:
        await self._read()
        self.openings.append(person)
        self.states[person] = OverviewState(last_lines=self._state(person).last_lines)
        return self.states[person]

    async def keep(self, where: Place, person: str, state: OverviewState) -> None:
        await self._read()
        self.states[person] = state

    async def kept(self, where: Place, person: str) -> OverviewState:
        await self._read()
        return self._state(person)

    async def read(self, where: Place, person: str, state: OverviewState, *, admin: bool = False) -> Overview:
        await self._read()
        self.seen.append((person, state))
        page = ThreadsPage(tuple(self.threads), len(self.threads), self.next)
        overview = Overview(person, state, page, {}, now=0, agent="ChatHakase", model="scripted")
        return replace(overview, admin=self.admin) if admin else overview

    async def title(self, where: Place, person: str, session: Session) -> str | None:
        await self._read()
        found = (each for each in self.threads if (each.session, each.place) == (session.id, session.place))
        return next((each.title for each in found), None)

    def _state(self, person: str) -> OverviewState:
        return self.states.get(person, OverviewState())

    async def _read(self) -> None:
        self.waiting += 1
        try:
            await self.hold.wait()
        finally:
            self.waiting -= 1
        if self.refusals:
            self.refusals -= 1
            raise StoreError("the disk is full")
