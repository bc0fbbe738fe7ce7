"""The channels whose threads somebody may be told of, which they can read now."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from chathakase.core.errors import DeliveryError
from chathakase.core.ports import SearchStore, Surface
from chathakase.core.types import Place

ONLY_DIRECT = "\n\nI couldn't find out which channels you are in, so I {} only your direct messages."
AT_ONCE = 10
"""Channels of which it is asked at once what they are."""
TIMEOUT = 10.0
"""Seconds to wait for that."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody can read, as far as their surface tells."""

    channels: Collection[Place]
    only_direct: bool = False
    """It did not tell in which channels they are, so there are just their direct messages."""

    def note(self, did: str) -> str:
        """What has to be said below what was done with them, such as “searched”; mostly nothing."""
        return ONLY_DIRECT.format(did) if self.only_direct else ""


class ReadableChannels:
    """Asks in which channels somebody is."""

    def __init__(self, search: SearchStore, surface: Surface) -> None:
        self._search = search
        self._surface = surface

    async def of(self, person: str, where: Place) -> Readable:
        """The channels of a place's workspace that a person may read. Raises StoreError."""
        try:
            channels = await self._surface.channels_with(where, person)
        except DeliveryError as error:
            log.warning("The channels of a person could not be determined: %s", error)
            return Readable(await self._direct(person, where), only_direct=True)
        return Readable({where.beside(channel) for channel in channels})

    async def is_readable(self, person: str, place: Place) -> bool:
        """Whether a person who took part in a thread may still read it. Raises StoreError."""
        # In a direct message nobody else takes part.
        return self._surface.is_direct(place) or place.beside(place.channel) in (await self.of(person, place)).channels

    async def _direct(self, person: str, where: Place) -> set[Place]:
        """A person's direct messages, as far as they are told soon; nobody else takes part in them."""
        room, direct = asyncio.Semaphore(AT_ONCE), set[Place]()

        async def look(channel: Place) -> None:
            async with room:
                if (await self._surface.where(channel)).direct:
                    direct.add(channel)

        # Who has the same id in another workspace is somebody else.
        theirs = await self._search.channels_of(person)
        channels = [each for each in theirs if each == where.beside(each.channel)]
        with suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await asyncio.gather(*map(look, channels))
        return direct
