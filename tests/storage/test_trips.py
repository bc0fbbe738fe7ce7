"""How often each operation goes to the thread on which SQLite is: a trip costs as much as a small statement."""

from collections.abc import Callable

import pytest

from chathakase.storage.database import Statement
from chathakase.storage.sqlite.connection import Connection
from chathakase.storage.sqlite.driver import SqliteDatabase
from tests.storage import test_cancellation as operations
from tests.storage.stores import ID, Stores
from tests.storage.test_cancellation import Prepare

WHERE = Statement("SELECT channel FROM sessions WHERE id = $1")
STOP = Statement("UPDATE sessions SET stop = 1 WHERE id = $1 RETURNING stop")

# Three of them have the session looked up first by those who test, which is a trip more.
TRIPS = [
    (operations.append, 5),
    (operations.append_to_a_session, 4),
    (operations.append_a_twin, 3),
    (operations.append_with_a_file, 6),
    (operations.claim, 2),
    (operations.claim_nothing, 3),
    (operations.remember, 4),
    (operations.renew, 1),
    (operations.note_reply, 1),
    (operations.finish, 5),
    (operations.finish_too_late, 2),
    (operations.release, 1),
    (operations.reopen, 5),
    (operations.edit, 8),
    (operations.sum_up, 8),
    (operations.note_reading, 1),
    (operations.append_a_command, 4),
    (operations.promise_an_errand, 1),
    (operations.hold_an_errand, 1),
    (operations.end_an_errand, 3),
    (operations.active, 2),
    (operations.expire, 1),
    (operations.listen, 1),
]


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    made: list[object] = []
    trip = Connection.trip

    async def counted(self: Connection, work: Callable[..., object]) -> object:
        made.append(work)
        return await trip(self, work)

    monkeypatch.setattr(Connection, "trip", counted)
    return made


@pytest.mark.parametrize(("prepare", "most"), TRIPS, ids=[prepare.__name__ for prepare, _ in TRIPS])
async def test_an_operation_takes_no_more_trips_than_it_did(
    prepare: Prepare, most: int, stores: Stores, trips: list[object]
) -> None:
    work = await prepare(stores)
    trips.clear()
    await work()
    assert len(trips) == most


async def test_each_verb_takes_as_few_trips_as_can_be(stores: Stores, trips: list[object]) -> None:
    database: SqliteDatabase = stores.database
    await stores.say("1")
    trips.clear()
    assert await database.read(WHERE(ID), WHERE("nobody"), WHERE(ID)) == [[("C1",)], [], [("C1",)]]
    assert len(trips) == 1
    assert await database.write(STOP, ID) == [(1,)]
    assert len(trips) == 2
    async with database.session(ID):
        pass
    assert len(trips) == 2, "nothing was begun"
    async with database.session(ID) as transaction:
        await transaction.fetch(WHERE, ID)
    assert len(trips) == 4, "the first statement begins it, and it is saved at the end"
