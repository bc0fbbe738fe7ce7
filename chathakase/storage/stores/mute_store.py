"""Which channels are muted."""

from collections.abc import Collection

from chathakase.core.types import Place, WorkspaceKey
from chathakase.storage.database import Database, Statement
from chathakase.storage.stores.place_columns import IN_ONE_OF, workspaces_as_json

MUTED = Statement(f"SELECT surface, workspace, channel FROM muted_channels WHERE {IN_ONE_OF}")

MUTE = Statement("""
INSERT INTO muted_channels (surface, workspace, channel, muted_by, muted_at) VALUES ($1, $2, $3, $4, now_ms())
ON CONFLICT (surface, workspace, channel) DO NOTHING RETURNING channel
""")

UNMUTE = Statement("""
DELETE FROM muted_channels WHERE surface = $1 AND workspace = $2 AND channel = $3 RETURNING channel
""")


class SqlMuteStore:
    """Remembers which channels are muted (a MuteStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def muted(self, workspaces: Collection[WorkspaceKey]) -> frozenset[Place]:
        """The muted channels of some workspaces, as places without a thread."""
        (rows,) = await self._database.read(MUTED(workspaces_as_json(workspaces)))
        return frozenset(Place(str(surface), str(workspace), str(channel), "") for surface, workspace, channel in rows)

    async def mute(self, channel: Place, *, by: str) -> bool:
        """Mute a place's channel for a person; False if it was muted already."""
        return bool(await self._database.write(MUTE, *_key(channel), by))

    async def unmute(self, channel: Place) -> bool:
        """Mute a place's channel no longer; False if it was not muted."""
        return bool(await self._database.write(UNMUTE, *_key(channel)))


def _key(place: Place) -> tuple[str, str, str]:
    return place.surface, place.workspace, place.channel
