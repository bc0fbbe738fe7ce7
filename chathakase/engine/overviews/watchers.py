"""Knows who looks at all of their threads at once, and has that shown anew where something in it changes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from chathakase.cancellation import end_all
from chathakase.core.errors import StoreError, trace
from chathakase.core.ports import OverviewStore, Surface
from chathakase.core.types import NO_SESSION, Place, SessionId, UserKey, WorkspaceKey

TOGETHER = 1.0
"""Seconds in which changes are one, so that the database is asked at most once in that time."""

log = logging.getLogger(__name__)


class Watchers:
    """Those who have opened their overview within a day, here or in another process.

    While it is entered, one task of its own finds out whom a change concerns, if anybody watches.
    """

    def __init__(self, store: OverviewStore, surface: Surface, workspaces: Collection[WorkspaceKey]) -> None:
        """``workspaces`` are those whose people can be shown something here."""
        self._store = store
        self._surface = surface
        self._workspaces = workspaces
        self._watching: set[UserKey] = set()
        self._opened: set[UserKey] = set()
        """Those of them who came since it was last looked who watches."""
        self._sessions: set[SessionId] = set()
        """What has changed since people were last shown so."""
        self._people: set[UserKey] = set()
        """Who has changed it, and whom what was deleted concerned."""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin. Raises StoreError."""
        await self.look()
        self._task = asyncio.create_task(self._follow(), name="overviews")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await end_all(filter(None, [self._task]))

    async def look(self) -> None:
        """See who watches by now: another process may have been told so. Raises StoreError."""
        self._opened.clear()
        watching = await self._store.watching(self._workspaces)
        self._watching = {*watching, *self._opened}

    def opened(self, person: UserKey) -> None:
        """Somebody watches from now on, which is stored."""
        self._watching.add(person)
        self._opened.add(person)

    def changed(self, session: SessionId, by: UserKey | None = None) -> None:
        """Something has changed in a session, ``by`` somebody; whoever that concerns is shown it soon."""
        if not self._watching or session == NO_SESSION:
            return
        self._sessions.add(session)
        # Whoever did it may have taken no part in it.
        self._people |= self._watching & {by}
        self._changed.set()

    @asynccontextmanager
    async def deleting(self, session: SessionId) -> AsyncIterator[None]:
        """A session is deleted in the block; whom that concerns is known only before, and shown after."""
        people = await self._concerned({session}) if self._watching else set()
        yield
        if people:
            self._people |= people
            self._changed.set()

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(TOGETHER)
            self._changed.clear()
            sessions, people = self._sessions, self._people
            self._sessions, self._people = set(), set()
            for workspace, person in people | await self._concerned(sessions):
                self._surface.refresh_overview(Place(*workspace, "", ""), person)

    async def _concerned(self, sessions: Collection[SessionId]) -> set[UserKey]:
        try:
            return set(await self._store.concerned(sessions))
        except StoreError as error:
            log.info("People are not shown what has changed in their threads: %s", error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next change is to be shown
            log.error("People are not shown what has changed in their threads: %s", trace(error))
        return set()
