"""What waits, stored as a job, until it is known who said it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from chathakase.core.cache import LruCache
from chathakase.core.deferring import change_of, deferred, incoming_of
from chathakase.core.errors import StoreError
from chathakase.core.jobs import FOLLOW_CHANGE, HEAR, Command
from chathakase.core.memory import Change
from chathakase.core.types import Incoming, Place
from chathakase.engine.access.access import Access

MOST = 1_000
"""Of how many messages and changes it is remembered that they wait, so that they are taken in as they are by then."""

_Key: TypeAlias = tuple[Place, str]


def hearing_of(incoming: Incoming) -> Command:
    """The job that a message waits in; its twin, if that alone has files, waits in one of its own."""
    ref = f"{incoming.ref} files" if incoming.files else incoming.ref
    return Command(incoming.place, ref, incoming.author, HEAR, deferred(incoming))


def following_of(change: Change, now: Incoming) -> Command:
    """The job that a change waits in, after which a message says something else ``now``."""
    return Command(now.place, f"{change.ref} {change.at}", now.author, FOLLOW_CHANGE, deferred(change))


class Deferred:
    """Takes messages and changes up that wait, each in the newest version that came meanwhile."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._messages: LruCache[_Key, Incoming | None] = LruCache(MOST)
        self._changes: LruCache[_Key, Change | None] = LruCache(MOST)

    def keep_message(self, incoming: Incoming) -> None:
        """A message waits from now on."""
        self._messages[_key(incoming)] = incoming

    def keep_change(self, change: Change) -> None:
        """A change waits from now on."""
        self._changes[_key(change)] = change

    def is_joined_by(self, change: Change) -> bool:
        """Whether a change is of something that waits, and is taken in with it.

        What is deleted is not taken in at all, and the store is told as well.
        """
        key = _key(change)
        if key in self._messages:
            self._messages[key] = change.now
            return change.now is not None
        if (waiting := self._changes.get(key)) is None:
            return False
        if change.now is None:
            self._changes[key] = None
            return False
        if change.at > waiting.at:
            self._changes[key] = replace(change, calls=True)
        return True

    async def take_up(
        self,
        command: Command,
        *,
        hear: Callable[[Incoming], Awaitable[bool]],
        follow: Callable[[Change], Awaitable[None]],
    ) -> None:
        """Wait until it is known who said something, and have it taken in, though it may be refused.

        Raises StoreError.
        """
        await self._access.settle(command.place, command.by)
        if command.name == HEAR:
            incoming = incoming_of(command.argument)
            if (newest := self._messages.pop(_key(incoming), incoming)) is not None:
                await _or_kept(hear(newest), lambda: self.keep_message(newest))
        else:
            change = change_of(command.argument)
            if (latest := self._changes.pop(_key(change), change)) is not None:
                await _or_kept(follow(latest), lambda: self.keep_change(latest))


async def _or_kept(taking: Awaitable[object], keep: Callable[[], None]) -> None:
    """Take something in, or keep it for the next try. Raises StoreError."""
    try:
        await taking
    except StoreError:
        keep()
        raise


def _key(said: Incoming | Change) -> _Key:
    """A message, wherever in its channel it stands."""
    return said.place.beside(said.place.channel), said.ref
