"""How often each operation goes to the thread on which SQLite is: a trip costs as much as a small statement."""

from collections.abc import Iterator

import pytest

from chathakase.storage.database import Row, Snapshot, Statement, Transaction
from chathakase.storage.sqlite.driver import SqliteDatabase
from tests.storage import test_cancellation as operations
from tests.storage.database_stores import ID, DatabaseStores
from tests.storage.test_cancellation import Prepare
from tests.trips import Trip, recorded

WHERE = Statement("SELECT channel FROM sessions WHERE id = $1")
STOP = Statement("UPDATE sessions SET stop = 1 WHERE id = $1 RETURNING stop")

# Some of them have the session looked up first by those who test, which is a trip more.
TRIPS = [
    (operations.append, 1),
    (operations.append_to_a_session, 1),
    (operations.append_a_twin, 1),
    (operations.append_with_a_file, 1),
    (operations.claim, 1),
    (operations.claim_nothing, 1),
    (operations.remember, 2),
    (operations.renew, 1),
    (operations.note_reply, 1),
    (operations.finish, 1),
    (operations.finish_too_late, 1),
    (operations.release, 1),
    (operations.reopen, 2),
    (operations.edit, 1),
    (operations.sum_up, 3),
    (operations.note_reading, 1),
    (operations.append_a_command, 1),
    (operations.enqueue_a_job, 1),
    (operations.hold_a_job, 1),
    (operations.end_a_job, 1),
    (operations.end_a_job_that_is_audited, 1),
    (operations.release_a_job_that_is_audited, 1),
    (operations.active, 2),
    (operations.expire, 1),
    (operations.listen, 1),
]


@pytest.fixture
def trips() -> Iterator[list[Trip]]:
    with recorded() as made:
        yield made


@pytest.mark.parametrize(("prepare", "most"), TRIPS, ids=[prepare.__name__ for prepare, _ in TRIPS])
async def test_an_operation_takes_no_more_trips_than_it_did(
    prepare: Prepare, most: int, stores: DatabaseStores, trips: list[Trip]
) -> None:
    work = await prepare(stores)
    trips.clear()
    await work()
    assert len(trips) == most


async def work(transaction: Transaction) -> list[Row]:
    await transaction.execute(STOP, ID)
    return await transaction.fetch(WHERE, ID)


async def look(snapshot: Snapshot) -> list[Row]:
    await snapshot.fetch(WHERE, "nobody")
    return await snapshot.fetch(WHERE, ID)


async def test_each_verb_takes_as_few_trips_as_can_be(stores: DatabaseStores, trips: list[Trip]) -> None:
    database: SqliteDatabase = stores.database
    await stores.say("1")
    trips.clear()
    assert await database.read(WHERE(ID), WHERE("nobody"), WHERE(ID)) == [[("C1",)], [], [("C1",)]]
    assert len(trips) == 1
    assert await database.write(STOP, ID) == [(1,)]
    assert len(trips) == 2
    assert await database.session(ID, work) == [("C1",)]
    assert len(trips) == 3, "however many statements it has"
    assert await database.view(look) == [("C1",)]
    assert len(trips) == 4
