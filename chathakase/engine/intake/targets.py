"""Which thread a command is about that is said outside of any: in a direct message, the newest one there."""

from dataclasses import replace

from chathakase.core.jobs import Command
from chathakase.core.ports import SessionStore
from chathakase.core.types import Incoming
from chathakase.engine.commands import ABOUT_A_THREAD, NO_THREAD, OPENING_NONE, STOP


class CommandTargets:
    """Aims commands."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions

    async def is_outside(self, incoming: Incoming, command: Command) -> bool:
        """Whether a command stands in no session and opens none, as none does in a direct message.

        Raises StoreError.
        """
        if not incoming.direct and not (incoming.opens and command.name in OPENING_NONE):
            return False
        place = incoming.place
        return place.thread == incoming.ref or await self._sessions.find(place) is None

    async def aim(self, command: Command) -> Command:
        """What a command means outside of any session: to stop is about the newest answer that is being written.

        What is about no thread stays as it is. Raises StoreError.
        """
        if command.name not in ABOUT_A_THREAD:
            return command
        threads = await self._sessions.newest_threads(command.place, busy=command.name == STOP, limit=1)
        threads = threads or await self._sessions.newest_threads(command.place, busy=False, limit=1)
        if not threads:
            return replace(command, name=NO_THREAD, argument=command.name)
        return replace(command, place=threads[0], told_in=command.place)
