"""What the tests of the stores have at hand: both stores, a clock that stands still, and something to say."""

from dataclasses import dataclass, replace

from chathakase.core.errands import CLEAR_SESSION, Command, Errand, Press
from chathakase.core.types import Incoming, Lease, Outcome, Place, Result, Role, Usage, Wish
from chathakase.slack.inward.events import microseconds
from chathakase.storage.errands import Errands
from chathakase.storage.sessions import Sessions
from chathakase.storage.sqlite import SqliteDatabase
from chathakase.storage.turns import Turns

PLACE = Place("C1", "1.000001")
ID = PLACE.session_id
TIMEOUT = 3_600_000
LATER = Lease(PLACE, "", "", since=999, upto=999, attempt=1, refs=())
FAILED = Result(Outcome.FAILED, error="timeout")


@dataclass
class Clock:
    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Stores:
    database: SqliteDatabase
    clock: Clock
    sessions: Sessions
    turns: Turns

    async def say(self, ref: str, text: str = "hello", *, command: bool = False, **fields: object) -> bool:
        incoming = said(ref, text, **fields)
        if not command:
            return await self.sessions.append(incoming)
        errand = Errand(Command(PLACE, ref, incoming.author, text))
        return await self.sessions.append(incoming, role=Role.COMMAND, errand=errand)

    async def clear(self, ref: str) -> int:
        """Carry out a stored ``clear session``; returns how many messages were forgotten."""
        forgotten = await self.sessions.clear(ID, before=ref)
        await Errands(self.database, now=self.clock).done(Errand(Command(PLACE, ref, "U1", CLEAR_SESSION)))
        return forgotten

    async def claimed(self) -> Lease:
        lease = await self.turns.claim(ID)
        assert lease is not None
        return lease

    async def answered(self, ref: str, text: str, reply: str = "", *, author: str = "U1") -> str:
        """Have somebody ask and a turn answer, which fails where there is no reply; returns the turn."""
        await self.say(ref, text, author=author)
        lease = await self.claimed()
        assert await self.turns.finish(lease, answer(reply) if reply else FAILED)
        return lease.turn

    async def press(self, turn: str, wish: Wish = Wish.RETRY, *, run: int = 1, place: Place = PLACE) -> bool:
        return await self.turns.reopen(Press(place, "9.9", "U1", wish, turn, run))

    async def texts(self, lease: Lease = LATER, limit: int = 99) -> list[str]:
        """What a turn sees; without one, what a turn would see that came after everything stored."""
        return [message.text for message in await self.sessions.history(lease, limit=limit)]

    async def count(self, table: str) -> int:
        return int(str((await self.database.fetch(f"SELECT count(*) FROM {table}"))[0][0]))


def said(ref: str, text: str = "hello", **fields: object) -> Incoming:
    incoming = Incoming(PLACE, ref, "U1", text, said=microseconds(ref), opens=True, asks=True)
    return replace(incoming, **fields)  # type: ignore[arg-type]


def answer(text: str) -> Result:
    return Result(Outcome.ANSWERED, text, model="m-1", usage=Usage(10, 5))
