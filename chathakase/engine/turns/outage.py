"""Tells whoever asks that the database fails, once in a while, since nothing that needs it can tell them."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from chathakase.cancellation import end_all
from chathakase.clock import monotonic
from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError, StoreError
from chathakase.core.ports import Surface
from chathakase.core.types import Incoming, Place
from chathakase.engine.access.muted_channels import MutedChannels

TOLD = (
    "Something is wrong with my database, so I can't answer right now. Please tell your administrator. "
    "I'll answer as soon as it works again."
)
AGAIN = 600.0
"""Seconds after which somebody is told once more in the same thread."""
MOST = 20
"""People that are being told at the same time; whoever comes then hears it with their next message."""
REMEMBERED = 1_000
"""Threads of which it is known who asked there last, and when they were told."""

log = logging.getLogger(__name__)


class Outage:
    """Watches what is stored and answered; a context manager that ends when nobody is to be told any more."""

    def __init__(self, surface: Surface, muted: MutedChannels) -> None:
        self._surface = surface
        self._muted = muted
        self._askers: LruCache[Place, Incoming] = LruCache(REMEMBERED)
        self._told: LruCache[Place, float] = LruCache(REMEMBERED)
        self._passing: LruCache[Place, None] = LruCache(REMEMBERED)
        """Threads in which something failed that may pass by itself."""
        self._telling: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await end_all(self._telling)

    @contextmanager
    def watching(self, incoming: Incoming) -> Iterator[None]:
        """While something is stored, whoever asks is told when that fails because of the database.

        Of a thread in which nobody called us lately it is not known whether it is one of ours, so nobody is told there,
        nor where nobody is answered.
        """
        place = incoming.place
        asks_us = incoming.asks and (incoming.opens or place in self._askers) and place not in self._muted
        if asks_us:
            self._askers[place] = incoming
        try:
            yield
        except StoreError as error:
            if asks_us:
                self.report(place, error)
            raise
        self._passing.pop(place, None)

    def report(self, place: Place, error: StoreError) -> None:
        """The database fails while something is answered in a session: whoever asked there last is told."""
        asked = self._askers.get(place)
        if asked is None or self._may_pass(place, error) or not self._is_due(place):
            return
        task = asyncio.create_task(self._tell(asked.place, asked.author), name=f"outage {place.name}")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _may_pass(self, place: Place, error: StoreError) -> bool:
        """Whether it may pass by itself, and failed in this session for the first time."""
        if not error.passes or place in self._passing:
            return False
        self._passing[place] = None
        return True

    def _is_due(self, place: Place) -> bool:
        now = monotonic()
        if len(self._telling) >= MOST or now < self._told.get(place, -AGAIN) + AGAIN:
            return False
        self._told[place] = now
        return True

    async def _tell(self, place: Place, user: str) -> None:
        try:
            await self._surface.post_ephemeral(place, user, TOLD)
        except DeliveryError as error:
            log.warning("Nobody in %s could be told of the database failure: %s", place.name, error)
