"""Messages that are being saved right now, so that a twin waits for the first of them to be safe."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

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
        # Not in a task of its own: whoever is cancelled just as it ends would not hear of a turn that was taken.
        with self._awaited_by_twins(_key(incoming)) as saving:
            saved = await self._sessions.append(incoming, role=role, job=job, claim=claim)
            saving.set_result(saved)
            return saved

    @contextmanager
    def _awaited_by_twins(self, key: tuple[Place, str]) -> Iterator[asyncio.Future[Saved]]:
        saving = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            yield saving
        except Exception as error:
            saving.set_exception(error)
            # There may be no twin to hear of it.
            saving.exception()
            raise
        finally:
            saving.cancel()
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
