"""What a surface that shows people their threads at once needs of the engine, and the engine of a database for that."""

from collections.abc import Collection
from typing import Protocol

from chathakase.core.access_rule import Decision
from chathakase.core.overview import Overview, OverviewState
from chathakase.core.types import Place, Session, SessionId, UserKey, WorkspaceKey


class Overviews(Protocol):
    """Tells people of all their threads. ``where`` is a place in their workspace: an overview (``Place.is_overview``).

    What changes something is no part of it: that is a Command, whose ``told_in`` is the overview where it was pressed.
    """

    def decision(self, where: Place, person: str) -> Decision:
        """Whether somebody may talk to the bot, as far as is known; nobody is waited for."""

    async def settle(self, where: Place, person: str) -> Decision:
        """The same, but it is waited for; after half a minute it stays unknown, and is a refusal."""

    async def opened(self, where: Place, person: str) -> OverviewState:
        """Note that somebody looks at their overview, so that they hear of changes for a day.

        Returns what they see now: the first page of all, with the settings that they made. Raises StoreError.
        """

    async def keep(self, where: Place, person: str, state: OverviewState) -> None:
        """Note what somebody has chosen to see. Raises StoreError."""

    async def kept(self, where: Place, person: str) -> OverviewState:
        """What somebody has chosen to see. Raises StoreError."""

    async def read(self, where: Place, person: str, state: OverviewState, *, admin: bool = False) -> Overview:
        """What somebody sees; with ``admin``, admins also see what only they do. Raises StoreError."""

    async def title(self, where: Place, person: str, session: Session) -> str | None:
        """What a session is called now, empty if it has no title; None if it is not there any more.

        Also None if it is none of the person's threads, or in a channel that they can't read now. Raises StoreError.
        """


class OverviewStore(Protocol):
    """Remembers who looks at all of their threads, and what they have chosen to see there.

    Every method raises StoreError when the database refuses.
    """

    async def opened(self, person: UserKey) -> OverviewState:
        """Note that somebody looks at theirs now; returns the first page of all, with the settings that they made."""

    async def keep(self, person: UserKey, state: OverviewState) -> None:
        """Note what somebody has chosen to see, who looks at it now."""

    async def kept(self, person: UserKey) -> OverviewState:
        """What somebody has chosen to see."""

    async def watching(self, workspaces: Collection[WorkspaceKey]) -> Collection[UserKey]:
        """Who has looked at theirs within a day."""

    async def concerned(self, sessions: Collection[SessionId]) -> Collection[UserKey]:
        """Who of those owns one of some sessions, or took part in it."""
