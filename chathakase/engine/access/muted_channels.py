"""The channels in which nobody is answered, known from memory, so that to ask costs nothing."""

import asyncio
from collections.abc import Collection, Sequence

from chathakase.core.ports import MuteStore
from chathakase.core.types import Place, WorkspaceKey


class MutedChannels:
    """Knows them as they were read last; what this process changes, at once."""

    def __init__(self, store: MuteStore, workspaces: Collection[WorkspaceKey]) -> None:
        """``workspaces`` are those that are here."""
        self._store = store
        self._workspaces = workspaces
        self._channels: frozenset[Place] = frozenset()
        # So that no change is lost to what was read just before it.
        self._lock = asyncio.Lock()

    def __contains__(self, place: Place) -> bool:
        return place.beside(place.channel) in self._channels

    def of(self, workspace: WorkspaceKey) -> Sequence[Place]:
        """Those of a workspace, as places without a thread."""
        return sorted(
            (each for each in self._channels if each.workspace_key == workspace), key=lambda each: each.channel
        )

    async def refresh(self) -> None:
        """See what other processes have changed. Raises StoreError."""
        async with self._lock:
            self._channels = await self._store.muted(self._workspaces)

    async def mute(self, place: Place, *, by: str) -> bool:
        """Mute a place's channel for a person; False if it was muted already. Raises StoreError."""
        async with self._lock:
            is_new = await self._store.mute(place, by=by)
            self._channels |= {place.beside(place.channel)}
        return is_new

    async def unmute(self, place: Place) -> bool:
        """Mute a place's channel no longer; False if it was not muted. Raises StoreError."""
        async with self._lock:
            was_muted = await self._store.unmute(place)
            self._channels -= {place.beside(place.channel)}
        return was_muted
