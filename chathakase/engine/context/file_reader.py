"""Reads what people shared since the last turn, so that the next prompt holds it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

from chathakase.core.amounts import size
from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError, trace
from chathakase.core.files import WEB_PAGE, Attachment, Reading, SharedFile
from chathakase.core.ports import Downloads, FileStore
from chathakase.core.traits import Traits
from chathakase.core.types import Place, Session
from chathakase.engine.model.model_slots import ModelSlots, Rank

MOST_FILES = 10
"""Files that are read for one turn, the newest first; older ones wait for the next."""
AT_ONCE = 4
"""Files that are in memory at the same time, of all sessions together; whoever shares many waits behind others."""
PIXELS = 100_000_000
"""Pixels that are decoded for one turn; once there were so many, no further file is begun before the next."""
DEADLINE = 15.0
"""Seconds for which a turn waits for its files; what is not there then is tried again in the next one."""
TRIES = 3
"""Turns after which a file that cannot be had is waited for no longer."""
REMEMBERED = 1_000
"""Files of which it is known at once how often they were tried."""

NOT_READ = "reading files is switched off here"
GIVEN_UP = f"it could not be downloaded, even after {TRIES} attempts"
WHY = {
    "not_allowed": "I have no access to it",
    "gone": "it no longer exists",
    "elsewhere": "it is stored elsewhere, where I do not read files",
    "web_page": WEB_PAGE,
    "not_a_file": "it is shown only as a page and cannot be downloaded",
}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FileBatch:
    """What reading the files of one turn came to so far."""

    place: Place
    whose: str
    """For whom they are read."""
    begun: set[int] = field(default_factory=set)
    """Files that were begun and are not noted yet."""
    done: set[int] = field(default_factory=set)
    """Files that are noted."""
    pixels: int = 0


class FileReader:
    """Fetches and reads files, those larger than ``most`` bytes not; nothing at all where that is 0."""

    def __init__(
        self,
        files: FileStore,
        downloads: Downloads,
        read: Callable[[str, str, bytes], Awaitable[Reading]],
        most: int,
        *,
        traits: Callable[[Place], Traits],
    ) -> None:
        """``read`` takes a file apart by its name, its media type and its bytes; ``traits`` are those of a surface."""
        self._files = files
        self._downloads = downloads
        self._take_apart = read
        self._most = most
        self._traits = traits
        self._slots = ModelSlots(AT_ONCE)
        self._tries: LruCache[int, int] = LruCache(REMEMBERED)

    async def read_new(self, session: Session, *, whose: str = "", deadline: float = DEADLINE) -> Collection[int]:
        """Read the newest files of a session that nobody has read yet, and note what they hold. Raises StoreError.

        ``whose`` is the person for whom they are read. Returns the attachment ids of those that are read now.
        """
        unread = await self._files.unread(session.id, limit=MOST_FILES)
        batch = FileBatch(session.place, whose)
        try:
            async with asyncio.timeout(deadline):
                await self._read_all(unread, batch)
        except TimeoutError:
            log.info("Some files took too long to read")
        for file in batch.begun:
            self._tries[file] = self._tries.get(file, 0) + 1
        return batch.done

    async def _read_all(self, unread: Sequence[Attachment], batch: FileBatch) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for attachment in unread:
                    group.create_task(self._read(attachment, batch), name=f"file {attachment.id}")
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _read(self, attachment: Attachment, batch: FileBatch) -> None:
        """Read one file; it stays among those that are begun if it is to be tried again. Raises StoreError."""
        async with self._slots.slot(Rank.ANSWER, whose=batch.place.user_key(batch.whose)):
            if batch.pixels >= PIXELS:
                log.info("A file waits for the next turn: this one already has enough pictures")
                return
            batch.begun.add(attachment.id)
            reading = await self._reading(attachment, batch.place)
        if reading is not None:
            batch.pixels += reading.pixels
            await self._files.note_reading(attachment.id, reading)
            batch.begun.discard(attachment.id)
            batch.done.add(attachment.id)
            self._tries.pop(attachment.id, None)

    async def _reading(self, attachment: Attachment, place: Place) -> Reading | None:
        """What a file holds; None if it may be had later."""
        if not self._most:
            return Reading(refusal=NOT_READ)
        if self._tries.get(attachment.id, 0) >= TRIES:
            return Reading(refusal=GIVEN_UP)
        try:
            return await self._fetched(attachment.file, place)
        except DeliveryError as error:
            log.info("A file could not be fetched: %s", error.code)
            return None if error.passes else Reading(refusal=self._why(error.code, place))
        except Exception as error:  # noqa: BLE001 - one file must not keep a turn from being answered
            log.error("A file could not be read: %s", trace(error))
            return None

    async def _fetched(self, file: SharedFile, place: Place) -> Reading:
        """What a file holds, as it is there now. Raises DeliveryError."""
        content = await self._downloads.fetch(place, file, most=self._most)
        reading = await self._take_apart(file.name, file.kind, content)
        if reading.refusal == WEB_PAGE:
            raise DeliveryError("web_page")
        return reading

    def _why(self, code: str, place: Place) -> str:
        """Why a file cannot be had, in words."""
        if code == "too_large":
            return f"it is larger than {size(self._most)}"
        return {**WHY, **self._traits(place).refusals}.get(code, f"it could not be downloaded ({code})")
