"""Who may do what."""

from collections.abc import Collection, Mapping

from chathakase.core.ports import Surface
from chathakase.core.types import Place

Admins = Mapping[str, Collection[str]]
"""User ids of admins, by the name of their surface."""


class Rights:
    """Knows the admins of each place: those who are named in the settings, and the surface's own."""

    def __init__(self, surface: Surface, admins: Admins) -> None:
        self._surface = surface
        self._admins = admins

    async def is_admin(self, place: Place, user: str) -> bool:
        """Whether somebody may see and do everything now; who is named in the settings may, wherever they come from."""
        return user in self._admins.get(place.surface, ()) or await self._surface.is_admin(place, user)

    async def may_act_on(self, place: Place, user: str, askers: Collection[str]) -> bool:
        """Whether somebody may stop an answer or have it written again: who asked for it, or an admin."""
        return user in askers or await self.is_admin(place, user)
