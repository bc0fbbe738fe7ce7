"""Who may do what."""

from collections.abc import Collection

from chathakase.core.ports import Surface


class Rights:
    """Knows the admins: those who are named in the settings, and the surface's own."""

    def __init__(self, surface: Surface, admins: Collection[str]) -> None:
        self._surface = surface
        self._admins = admins

    async def is_admin(self, user: str) -> bool:
        """Whether somebody may see and do everything now; who is named in the settings may, wherever they come from."""
        return user in self._admins or await self._surface.is_admin(user)

    async def may_act_on(self, user: str, askers: Collection[str]) -> bool:
        """Whether somebody may stop an answer or have it written again: who asked for it, or an admin."""
        return user in askers or await self.is_admin(user)
