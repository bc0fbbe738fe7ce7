"""Which channels are muted, in memory."""

from collections.abc import Collection

from chathakase.core.ports import MuteStore
from chathakase.core.types import Place, WorkspaceKey
from tests.doubles.records import Records


class MutesInMemory(MuteStore):
    """Remembers which channels are muted."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def muted(self, workspaces: Collection[WorkspaceKey]) -> frozenset[Place]:
        await self._records.trips.make("muting.muted")
        return frozenset(each for each in self._records.muted if each.workspace_key in workspaces)

    async def mute(self, channel: Place, *, by: str) -> bool:
        await self._records.trips.make("muting.mute")
        is_new = (key := channel.beside(channel.channel)) not in self._records.muted
        self._records.muted.setdefault(key, by)
        return is_new

    async def unmute(self, channel: Place) -> bool:
        await self._records.trips.make("muting.unmute")
        return self._records.muted.pop(channel.beside(channel.channel), None) is not None
