"""Limits of a day hold over several processes, and what is counted goes when it is old."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chathakase.core.daily_limits import DailyLimit, Measure, Whose
from chathakase.core.moments import DAY
from chathakase.core.types import Appended, ExpiryMode
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.stores import metering, usage_store
from tests.places import slack_place
from tests.storage.database_stores import PLACE, DatabaseClock, DatabaseStores, stores_of
from tests.storage.test_plans import plan

SEVEN = DailyLimit(Measure.QUESTIONS, Whose.PERSON, 7)


@pytest.fixture
async def both(database: Path) -> AsyncIterator[list[DatabaseStores]]:
    """The stores of two processes, each with connections of its own."""
    async with AsyncExitStack() as stack:
        clock = DatabaseClock()
        opened = [await stack.enter_async_context(open_sqlite(database, clock=clock)) for _ in range(2)]
        await migrate(opened[0], now=0)
        yield [stores_of(each, ExpiryMode.ARCHIVE, [SEVEN]) for each in opened]


async def test_of_twenty_questions_to_two_processes_as_many_are_taken_as_may_be(both: list[DatabaseStores]) -> None:
    """Each of them comes to both."""
    both[1].sessions._new_id = iter([f"other{number}" for number in range(99)]).__next__  # type: ignore[assignment]
    places = [slack_place(f"C{number}", "1.000001") for number in range(20)]
    came = await asyncio.gather(*(stores.say("1", place=place) for place in places for stores in both))
    assert (came.count(Appended.NEW), came.count(Appended.REFUSED), came.count(Appended.KNOWN)) == (7, 13, 20)
    assert sum(row.questions for row in await both[0].usage.days(PLACE.workspace_key, since=0, person="U1")) == 7


async def test_what_is_old_is_no_longer_known(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    first = stores.clock.now // DAY
    stores.clock.now += 3 * DAY
    await stores.answered("2", "q2", "a2")
    assert await stores.usage.prune() == 3, "the first day's sums"
    assert {row.day for row in await stores.usage.days(PLACE.workspace_key, since=0, person="U1")} == {first, first + 3}
    stores.clock.now += (usage_store.KEPT_DAYS - 2) * DAY
    assert await stores.usage.prune() == 2 + 3
    assert {row.day for row in await stores.usage.days(PLACE.workspace_key, since=0, person="U1")} == {first + 3}


async def test_what_is_counted_outlives_its_session(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    counted = await stores.usage.days(PLACE.workspace_key, since=0, person="U1")
    stores.clock.now += DAY
    assert await stores.forgetting.prune(idle=1) == 1
    assert await stores.count("turns") == 0
    assert await stores.usage.days(PLACE.workspace_key, since=0, person="U1") == counted


SUMS = (
    usage_store.SUMS_OF_DAYS,
    usage_store.SUMS_OF_PEOPLE,
    usage_store.SUMS_OF_CHANNELS,
    usage_store.SUMS_OF_AGENTS,
)
"""Whatever else is kept, only the days that are told of are read."""


@pytest.mark.parametrize(
    ("sql", "parameters", "used"),
    [
        (metering.CAUSE, 2, "SEARCH m USING INDEX messages_by_seq (session=? AND seq<?)"),
        (
            metering.TOTALS,
            4,
            "SEARCH daily_totals USING PRIMARY KEY (day=? AND surface=? AND workspace=? AND whose=? AND id=?)",
        ),
        (metering.UNASK, 1, "SEARCH m USING INDEX messages_by_seq (session=? AND seq>?)"),
        *((each, 4, "SEARCH daily_usage USING PRIMARY KEY (day>? AND day<?)") for each in SUMS),
        (
            usage_store.PRUNE,
            1,
            "SEARCH daily_usage USING COVERING INDEX daily_usage_of_person "
            "(surface=? AND workspace=? AND person=? AND day=? AND channel=? AND agent=? AND model=?)",
        ),
        (
            usage_store.PRUNE_TOTALS,
            1,
            "SEARCH daily_totals USING PRIMARY KEY (day=? AND surface=? AND workspace=? AND whose=? AND id=?)",
        ),
        (
            usage_store.DAYS,
            4,
            "SEARCH daily_usage USING INDEX daily_usage_of_person (surface=? AND workspace=? AND person=? AND day>?)",
        ),
    ],
)
async def test_what_is_counted_is_found_at_once(
    sql: str, parameters: int, used: str, open_database: SqliteDatabase
) -> None:
    assert used in await plan(open_database, sql, parameters)
