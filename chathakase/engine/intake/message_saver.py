"""Messages that are being saved right now, so that a twin waits for the first of them to be safe."""

import asyncio

from chathakase.core.jobs import Job
from chathakase.core.ports import SessionStore
from chathakase.core.types import Appended, Incoming, Place, Role, Saved


class MessageSaver:
    """Saves messages."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions
        self._under_way: dict[tuple[Place, str], asyncio.Future[Saved]] = {}

    async def save(
        self, incoming: Incoming, *, role: Role = Role.USER, job: Job | None = None, claim: bool = False
    ) -> Saved:
        """Save a message as ``SessionStore.append`` does; its twin waits meanwhile. Raises StoreError."""
        key = _key(incoming)
        saving = asyncio.ensure_future(self._sessions.append(incoming, role=role, job=job, claim=claim))
        self._under_way[key] = saving
        try:
            return await saving
        finally:
            if self._under_way.get(key) is saving:
                del self._under_way[key]

    async def saved_by_twin(self, incoming: Incoming) -> Saved | None:
        """Wait for a twin that is being saved, and tell where this one is known by that.

        None unless the twin is saved as new, with all that this one brings. Raises StoreError.
        """
        if (twin := self._under_way.get(_key(incoming))) is None:
            return None
        saved = await asyncio.shield(twin)
        # A twin that was none of ours may have lacked what opens the session, and one that was the files.
        is_known = saved.appended is Appended.NEW and not incoming.files
        return Saved(Appended.KNOWN, saved.session) if is_known else None


def _key(incoming: Incoming) -> tuple[Place, str]:
    return incoming.place, incoming.ref
