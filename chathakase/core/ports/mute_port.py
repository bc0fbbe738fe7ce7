"""What the engine needs of a database to know where nobody is to be answered."""

from collections.abc import Collection
from typing import Protocol

from chathakase.core.types import Place, WorkspaceKey


class MuteStore(Protocol):
    """Remembers which channels are muted. Every method raises StoreError when the database refuses."""

    async def muted(self, workspaces: Collection[WorkspaceKey]) -> frozenset[Place]:
        """The muted channels of some workspaces, as places without a thread."""

    async def mute(self, channel: Place, *, by: str) -> bool:
        """Mute a place's channel for a person; False if it was muted already."""

    async def unmute(self, channel: Place) -> bool:
        """Mute a place's channel no longer; False if it was not muted."""
