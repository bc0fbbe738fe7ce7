"""Who may do what: to a whole workspace, to a session, and to an answer or a message in it."""

from collections.abc import Collection, Mapping
from enum import IntEnum

from chathakase.core.ports import SessionStore, Surface
from chathakase.core.types import Place, Roster, Session

Admins = Mapping[str, Collection[str]]
"""User ids of admins, by the name of their surface."""


class Right(IntEnum):
    """What somebody may do in a session; each right includes those before it."""

    READ = 0
    """What anybody may who can read its thread."""
    TAKE_PART = 1
    """What those may who wrote something in it other than commands."""
    OWN = 2
    """What only the one may who asked the first question in it."""
    ADMINISTER = 3
    """What only admins may."""


class Rights:
    """Knows the admins of each place, those who are named in the settings and the surface's own, and who has which
    part in a session."""

    def __init__(self, surface: Surface, sessions: SessionStore, admins: Admins) -> None:
        self._surface = surface
        self._sessions = sessions
        self._admins = admins

    async def is_admin(self, place: Place, user: str) -> bool:
        """Whether somebody may see and do everything now; who is named in the settings may, wherever they come from."""
        return user in self._admins.get(place.surface, ()) or await self._surface.is_admin(place, user)

    async def may_act_on(self, place: Place, user: str, askers: Collection[str]) -> bool:
        """Whether somebody may stop an answer or have it written again: who asked for it, or an admin."""
        return user in askers or await self.is_admin(place, user)

    async def have(self, right: Right, session: Session, user: str, *, where: Place) -> bool:
        """Whether somebody has a right now to a session, which they use at a place. Raises StoreError."""
        if right <= await self.part(session, user, where=where):
            return True
        return await self.is_admin(where, user)

    async def part(self, session: Session, user: str, *, where: Place) -> Right:
        """The greatest right to a session that somebody has by their part in it, and who is at a place just now.

        A direct message belongs to whoever is there. Raises StoreError.
        """
        if where.channel == session.place.channel and self._surface.is_direct(session.place):
            return Right.OWN
        return _part(await self._sessions.roster(session.id), user)


def _part(roster: Roster, user: str) -> Right:
    """Where nobody knows who owns a session, it is whoever wrote in it alone."""
    nobody_else = roster.backfilled and roster.participants <= {user}
    if user == roster.owner or (not roster.owner and nobody_else):
        return Right.OWN
    return Right.TAKE_PART if user in roster.participants else Right.READ
