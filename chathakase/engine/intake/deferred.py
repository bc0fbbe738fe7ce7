"""Takes up what waited, stored, until it was known who said it."""

from collections.abc import Awaitable, Callable

from chathakase.core.deferring import change_of, deferred, incoming_of
from chathakase.core.jobs import FOLLOW_CHANGE, HEAR, Command
from chathakase.core.memory import Change
from chathakase.core.types import Incoming
from chathakase.engine.access.access import Access


def hearing_of(incoming: Incoming) -> Command:
    """The job that a message waits in; its twin, if that alone has files, waits in one of its own."""
    ref = f"{incoming.ref} files" if incoming.files else incoming.ref
    return Command(incoming.place, ref, incoming.author, HEAR, deferred(incoming))


def following_of(change: Change, now: Incoming) -> Command:
    """The job that a change waits in, after which a message says something else ``now``."""
    return Command(now.place, f"{change.ref} {change.at}", now.author, FOLLOW_CHANGE, deferred(change))


class Deferred:
    """Does the jobs in which messages and changes wait."""

    def __init__(
        self,
        access: Access,
        *,
        hear: Callable[[Incoming], Awaitable[bool]],
        follow: Callable[[Change], Awaitable[None]],
    ) -> None:
        """``hear`` and ``follow`` take in what is deferred no more, though it may still be refused."""
        self._access = access
        self._hear = hear
        self._follow = follow

    async def take_up(self, command: Command) -> None:
        """Wait until it is known who said something, and take it in. Raises StoreError."""
        await self._access.settle(command.place, command.by)
        if command.name == HEAR:
            await self._hear(incoming_of(command.argument))
        else:
            await self._follow(change_of(command.argument))
