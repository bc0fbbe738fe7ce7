"""What was promised and is not done yet: the answers to commands, what buttons want."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from chathakase.core.errands import Command, Errand, Press
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Home, SessionId, Wish
from chathakase.storage.database import Database, Row, Statement, Transaction, Value
from chathakase.storage.stores.places import HERE, IN_ONE_OF, PLACE, columns_of, homes_as_json, place_of
from chathakase.storage.stores.waiting import free

PROMISE = Statement(f"""
INSERT INTO errands (
    {PLACE}, session, id, ref, author, command, argument, wish, turn, run, told_thread, said, held_until)
VALUES ($1, $2, $3, $4, coalesce((SELECT id FROM sessions WHERE {HERE}), ''),
    $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now_ms() + {LEASE_MS})
ON CONFLICT (surface, workspace, id) DO NOTHING
RETURNING session
""")

LEFT = f"done_at IS NULL AND {free('held_until')} AND {IN_ONE_OF}"

ANY_LEFT = Statement(f"SELECT 1 FROM errands WHERE {LEFT} LIMIT 1")

CLAIM = Statement(f"""
UPDATE errands SET attempts = attempts + 1, held_until = now_ms() + {LEASE_MS}
WHERE (surface, workspace, id) IN
    (SELECT surface, workspace, id FROM errands WHERE {LEFT} FOR UPDATE SKIP LOCKED)
RETURNING session, {PLACE}, ref, author, command, argument, wish, turn, run, told_thread, said, attempts
""")

THIS = "surface = $1 AND workspace = $2 AND id = $3"
"""Of a row of ``errands``: it is the one that the first three parameters tell."""

# Whoever claimed it since counted its attempts up, and holds it now.
HELD = f"{THIS} AND attempts = $4 AND done_at IS NULL"

HOLD = Statement(f"UPDATE errands SET held_until = now_ms() + {LEASE_MS} WHERE {HELD}")

RELEASE = Statement(f"UPDATE errands SET held_until = 0, attempts = attempts - 1 WHERE {HELD}")

# What was said behind a command is of no use any more, and nobody would find it to forget it.
DONE = Statement(f"UPDATE errands SET done_at = now_ms(), argument = '' WHERE {THIS} AND done_at IS NULL")

KEPT_MS = 3_600_000
"""How long it is known that something was done; Slack delivers an event again for about six minutes."""

FORGET_DONE = Statement(f"DELETE FROM errands WHERE done_at < now_ms() - {KEPT_MS}")


class Errands:
    """Remembers errands (an ErrandStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def promise(self, errand: Errand) -> Errand | None:
        """Save an errand and hold it; returns it with the session that it is about, None when it was had already."""
        return _promised(errand, await self._database.write(PROMISE, *_values(errand)))

    async def claim(self, homes: Collection[Home]) -> list[Errand]:
        """Take what is not done in some workspaces and nobody holds."""
        where = homes_as_json(homes)
        (left,) = await self._database.read(ANY_LEFT(where))
        return [_errand(row) for row in await self._database.write(CLAIM, where)] if left else []

    async def hold(self, errand: Errand) -> None:
        """Hold on to an errand."""
        await self._database.write(HOLD, *_key(errand), errand.attempt)

    async def release(self, errand: Errand) -> None:
        """Put an errand down undone, for whoever comes next."""
        await self._database.write(RELEASE, *_key(errand), errand.attempt)

    async def done(self, errand: Errand) -> bool:
        """Note that an errand is done; False when that is noted already."""

        async def note(transaction: Transaction) -> bool:
            noted = bool(await transaction.execute(DONE, *_key(errand)))
            await transaction.execute(FORGET_DONE)
            return noted

        return await self._database.session(errand.task.place, note)


async def promise(transaction: Transaction, errand: Errand) -> Errand | None:
    """Save an errand with whatever else a transaction saves; None when it was had already."""
    return _promised(errand, await transaction.fetch(PROMISE, *_values(errand)))


def _promised(errand: Errand, rows: Sequence[Row]) -> Errand | None:
    return replace(errand, session=SessionId(str(rows[0][0]))) if rows else None


def _values(errand: Errand) -> tuple[Value, ...]:
    task = errand.task
    about = (*columns_of(task.place), errand.id, task.ref, task.by)
    if isinstance(task, Command):
        told_thread = task.told_in.thread if task.told_in else ""
        what: tuple[Value, ...] = (task.name, task.argument, None, "", 1, told_thread, task.said)
    else:
        what = (None, "", task.wish, task.turn, task.run, "", 0)
    return (*about, *what)


def _key(errand: Errand) -> tuple[str, str, str]:
    home, id_ = errand.key
    return *home, id_


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
