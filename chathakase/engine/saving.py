"""Messages that are being saved right now, so that a twin waits for the first of them to be safe."""

import asyncio

from chathakase.core.errands import Errand
from chathakase.core.ports import SessionStore
from chathakase.core.types import Appended, Incoming, Role


class Saving:
    """Saves messages."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions
        self._under_way: dict[tuple[str, str], asyncio.Future[Appended]] = {}

    async def save(self, incoming: Incoming, *, role: Role = Role.USER, errand: Errand | None = None) -> Appended:
        """Save a message as ``SessionStore.append`` does; its twin waits meanwhile. Raises StoreError."""
        key = _key(incoming)
        saving = asyncio.ensure_future(self._sessions.append(incoming, role=role, errand=errand))
        self._under_way[key] = saving
        try:
            return await saving
        finally:
            if self._under_way.get(key) is saving:
                del self._under_way[key]

    async def is_saved_by_twin(self, incoming: Incoming) -> bool:
        """Wait for a twin that is being saved; whether it is saved as new, with all that this one brings.

        Raises StoreError.
        """
        twin = self._under_way.get(_key(incoming))
        # A twin that was none of ours may have lacked what opens the session, and one that was the files.
        return twin is not None and (await asyncio.shield(twin)) is Appended.NEW and not incoming.files


def _key(incoming: Incoming) -> tuple[str, str]:
    return incoming.place.name, incoming.ref
