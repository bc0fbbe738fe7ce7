"""What was promised and is not done yet: the answers to commands, what buttons want."""

from collections.abc import Callable
from dataclasses import replace

from chathakase.core.errands import Command, Errand, Press
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import SessionId, Wish
from chathakase.storage.database import Database, Row, Transaction, Value
from chathakase.storage.stores.places import HERE, PLACE, columns_of, place_of
from chathakase.storage.stores.waiting import free

PROMISE = f"""
INSERT INTO errands (
    {PLACE}, session, id, ref, author, command, argument, wish, turn, run, told_thread, said, held_until)
VALUES ($1, $2, $3, $4, coalesce((SELECT id FROM sessions WHERE {HERE}), ''),
    $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO NOTHING
RETURNING session
"""

LEFT = f"done_at IS NULL AND {free('$1', 'held_until')}"

CLAIM = f"""
UPDATE errands SET attempts = attempts + 1, held_until = $1 + {LEASE_MS}
WHERE {LEFT}
RETURNING session, {PLACE}, ref, author, command, argument, wish, turn, run, told_thread, said, attempts
"""

HOLD = "UPDATE errands SET held_until = $2 WHERE id = $1 AND done_at IS NULL"

RELEASE = "UPDATE errands SET held_until = 0, attempts = attempts - 1 WHERE id = $1 AND done_at IS NULL"

# What was said behind a command is of no use any more, and nobody would find it to forget it.
DONE = "UPDATE errands SET done_at = $2, argument = '' WHERE id = $1"

FORGET = "DELETE FROM errands WHERE done_at < $1"

KEPT_MS = 3_600_000
"""How long it is known that something was done; Slack delivers an event again for about six minutes."""


class Errands:
    """Remembers errands (an ErrandStore)."""

    def __init__(self, database: Database, *, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def promise(self, errand: Errand) -> Errand | None:
        """Save an errand and hold it; returns it with the session that it is about, None when it was had already."""
        async with self._database.transaction() as transaction:
            return await promise(transaction, errand, now=self._now())

    async def claim(self) -> list[Errand]:
        """Take what is not done and nobody holds."""
        now = self._now()
        if not await self._database.fetch(f"SELECT 1 FROM errands WHERE {LEFT} LIMIT 1", now):
            return []
        async with self._database.transaction() as transaction:
            return [_errand(row) for row in await transaction.fetch(CLAIM, now)]

    async def hold(self, errand: Errand) -> None:
        """Hold on to an errand."""
        async with self._database.transaction() as transaction:
            await transaction.execute(HOLD, errand.id, self._now() + LEASE_MS)

    async def release(self, errand: Errand) -> None:
        """Put an errand down undone, for whoever comes next."""
        async with self._database.transaction() as transaction:
            await transaction.execute(RELEASE, errand.id)

    async def done(self, errand: Errand) -> None:
        """Note that an errand is done."""
        now = self._now()
        async with self._database.transaction() as transaction:
            await transaction.execute(DONE, errand.id, now)
            await forget_done(transaction, now=now)


async def forget_done(transaction: Transaction, *, now: int) -> None:
    """Forget the errands that were done so long ago that they do not come again."""
    await transaction.execute(FORGET, now - KEPT_MS)


async def promise(transaction: Transaction, errand: Errand, *, now: int) -> Errand | None:
    """Save an errand with whatever else a transaction saves; None when it was had already."""
    task = errand.task
    about = (*columns_of(task.place), errand.id, task.ref, task.by)
    if isinstance(task, Command):
        told_thread = task.told_in.thread if task.told_in else ""
        what: tuple[Value, ...] = (task.name, task.argument, None, "", 1, told_thread, task.said)
    else:
        what = (None, "", task.wish, task.turn, task.run, "", 0)
    rows = await transaction.fetch(PROMISE, *about, *what, now + LEASE_MS)
    return replace(errand, session=SessionId(str(rows[0][0]))) if rows else None


def _errand(row: Row) -> Errand:
    session, *where, ref, author, command, argument, wish, turn, run, told_thread, said, attempts = row
    place = place_of(where)
    task: Command | Press
    if command is not None:
        told_in = place.beside(place.channel, str(told_thread)) if told_thread else None
        task = Command(place, str(ref), str(author), str(command), str(argument), told_in, int(said or 0))
    else:
        task = Press(place, str(ref), str(author), Wish(str(wish)), str(turn), int(run or 1))
    return Errand(task, int(attempts or 1), SessionId(str(session)))
