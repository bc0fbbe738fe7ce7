"""What is to be done once, and what people were told once, in memory."""

from collections.abc import Collection
from dataclasses import replace

from chathakase.core.errands import Errand
from chathakase.core.leases import LEASE_MS
from chathakase.core.ports import ErrandStore, HintStore
from chathakase.core.types import NO_SESSION, Home, Place, Role, SessionId
from tests.doubles.records import ErrandRecord, Records


def promise(records: Records, errand: Errand, session: SessionId) -> Errand | None:
    """Save an errand and hold it; None when it was had already."""
    if errand.key in records.errands:
        return None
    promised = replace(errand, session=session)
    records.errands[errand.key] = ErrandRecord(promised, records.now() + LEASE_MS)
    return promised


class Errands(ErrandStore):
    """Remembers errands."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def promise(self, errand: Errand) -> Errand | None:
        await self._records.trips.make("errands.promise")
        session = self._records.at(errand.task.place)
        return promise(self._records, errand, session.id if session else NO_SESSION)

    async def claim(self, homes: Collection[Home]) -> list[Errand]:
        await self._records.trips.make("errands.claim")
        left = [each for (home, _), each in self._records.errands.items() if home in homes and self._is_left(each)]
        for each in left:
            each.errand = replace(each.errand, attempt=each.errand.attempt + 1)
            each.until = self._records.now() + LEASE_MS
        return [each.errand for each in left]

    async def hold(self, errand: Errand) -> None:
        await self._records.trips.make("errands.hold")
        if (held := self._held(errand)) is not None:
            held.until = self._records.now() + LEASE_MS

    async def release(self, errand: Errand) -> None:
        await self._records.trips.make("errands.release")
        if (held := self._held(errand)) is not None:
            held.errand, held.until = replace(errand, attempt=errand.attempt - 1), 0

    async def done(self, errand: Errand) -> bool:
        await self._records.trips.make("errands.done")
        record = self._records.errands.get(errand.key)
        if record is None or record.done:
            return False
        record.done = True
        return True

    def _is_left(self, record: ErrandRecord) -> bool:
        return not record.done and self._records.is_free(record.until)

    def _held(self, errand: Errand) -> ErrandRecord | None:
        """What is still ours: whoever claimed it since counted its attempts up."""
        record = self._records.errands.get(errand.key)
        is_ours = record is not None and not record.done and record.errand.attempt == errand.attempt
        return record if is_ours else None


class Hints(HintStore):
    """Remembers who was told what."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def tell(self, person: str, place: Place, hint: str, *, teller: str) -> bool:
        await self._records.trips.make("hints.tell")
        return self._records.hints.setdefault((place.home, person, hint), teller) == teller

    async def has_replied(self, person: str, place: Place) -> bool:
        await self._records.trips.make("hints.has_replied")
        here = [
            each
            for each in self._records.sessions
            if each.place.beside(each.place.channel) == place.beside(place.channel)
        ]
        return any(
            message.author == person and message.ref != session.place.thread
            for session in here
            for message in session.spoken(Role.USER)
        )
