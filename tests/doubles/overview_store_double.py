"""Who looks at all of their threads at once, in memory."""

from collections.abc import Collection
from dataclasses import replace

from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState
from chathakase.core.ports import OverviewStore
from chathakase.core.types import SessionId, UserKey, WorkspaceKey
from tests.doubles.records import Records


class OverviewsInMemory(OverviewStore):
    """Remembers what people look at."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._kept: dict[UserKey, tuple[int, OverviewState]] = {}
        """When they last looked, and what they have chosen to see."""

    async def opened(self, person: UserKey) -> OverviewState:
        await self._records.trips.make("overviews.opened")
        self._keep(person, OverviewState(last_lines=self._state(person).last_lines))
        return self._state(person)

    async def keep(self, person: UserKey, state: OverviewState) -> None:
        await self._records.trips.make("overviews.keep")
        self._keep(person, replace(state))

    async def kept(self, person: UserKey) -> OverviewState:
        await self._records.trips.make("overviews.kept")
        return self._state(person)

    async def watching(self, workspaces: Collection[WorkspaceKey]) -> Collection[UserKey]:
        await self._records.trips.make("overviews.watching")
        return {person for person in self._lately() if person[0] in workspaces}

    async def concerned(self, sessions: Collection[SessionId]) -> Collection[UserKey]:
        await self._records.trips.make("overviews.concerned")
        changed = [each for each in self._records.sessions if each.id in sessions]
        return {
            each.place.user_key(person) for each in changed for person in (each.owner, *each.people()) if person
        } & self._lately()

    def _keep(self, person: UserKey, state: OverviewState) -> None:
        self._kept[person] = self._records.now(), state

    def _state(self, person: UserKey) -> OverviewState:
        return self._kept[person][1] if person in self._kept else OverviewState()

    def _lately(self) -> set[UserKey]:
        return {person for person, (at, _) in self._kept.items() if at > self._records.now() - DAY}
