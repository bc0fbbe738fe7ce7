"""A person owns only so many open sessions: for one more, the one that idled longest is archived."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.jobs import Interaction
from chathakase.core.memory import Change
from chathakase.core.types import Expiry, ExpiryMode, Place, Session, TurnAction
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.stores import owned
from tests.places import slack_place
from tests.storage.database_stores import TIMEOUT, DatabaseStores, answer, counting_ids, said, stores_of
from tests.storage.test_plans import plan

pytestmark = pytest.mark.slow
LOG = "chathakase.log_events"


def at(number: int) -> Place:
    return slack_place("C1", f"{number}.000001")


@pytest.fixture
def stores(open_database: SqliteDatabase) -> DatabaseStores:
    """Those of a database in which a person may own three."""
    made = stores_of(open_database)
    expiry = Expiry(TIMEOUT, ExpiryMode.ARCHIVE)
    bounded = open_stores(open_database, expiry=expiry, most_owned=3, count=len, new_id=counting_ids())
    made.sessions, made.changes, made.turns = bounded.sessions, bounded.changes, bounded.turns
    return made


async def open_sessions(stores: DatabaseStores) -> list[str]:
    rows = await stores.database.fetch("SELECT thread FROM sessions WHERE archived_at IS NULL ORDER BY thread")
    return [str(thread).partition(".")[0] for (thread,) in rows]


async def ask(stores: DatabaseStores, *numbers: int, author: str = "U1") -> None:
    """Have somebody ask in some threads, one after another, and be answered there."""
    for number in numbers:
        stores.clock.now += 1_000
        await stores.say(f"{number}.{stores.clock.now % 10**6:06}", place=at(number), author=author)
        await stores.turns.finish(await stores.claimed_at(at(number)), answer("a"))


async def test_the_one_that_idled_longest_is_archived(stores: DatabaseStores, caplog: pytest.LogCaptureFixture) -> None:
    await ask(stores, 1, 2, 3)
    assert await open_sessions(stores) == ["1", "2", "3"]
    await ask(stores, 1)
    with caplog.at_level(logging.INFO, LOG):
        await ask(stores, 4)
    assert await open_sessions(stores) == ["1", "3", "4"]
    assert [line.split(":")[0] for line in caplog.messages] == ["session opened", "session archived"]
    assert "C1_2.000001" in caplog.messages[1]


async def test_one_that_is_woken_makes_room_for_itself(stores: DatabaseStores) -> None:
    await ask(stores, 1, 2, 3, 4)
    await ask(stores, 1)
    assert await open_sessions(stores) == ["1", "3", "4"]


async def wake_by_a_button(stores: DatabaseStores) -> None:
    session = await stores.id_at(at(1))
    newest = await stores.turns.newest(session)
    assert newest is not None
    interaction = Interaction(at(1), "9.9", "U1", TurnAction.RETRY, newest.turn, newest.run)
    assert await stores.turns.reopen(session, interaction)


async def wake_by_an_edit(stores: DatabaseStores) -> None:
    now = said("1.5", "what is that?", place=at(1), author="U1")
    await stores.changes.change(Change(at(1), "1.5", 9_000_000_000, now), calls=True)


@pytest.mark.parametrize("wake", [wake_by_a_button, wake_by_an_edit])
async def test_one_that_is_woken_otherwise_makes_room_too(
    wake: Callable[[DatabaseStores], Awaitable[None]], stores: DatabaseStores, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(stores, 1)
    await stores.say("1.5", "hm", place=at(1), opens=False, asks=False)
    await ask(stores, 2, 3, 4)
    assert await open_sessions(stores) == ["2", "3", "4"]
    with caplog.at_level(logging.INFO, LOG):
        await wake(stores)
    assert await open_sessions(stores) == ["1", "3", "4"]
    assert [line.split(":")[0] for line in caplog.messages[-2:]] == ["session woken", "session archived"]


async def test_one_that_a_command_opened_belongs_to_nobody_until_somebody_asks(stores: DatabaseStores) -> None:
    await ask(stores, 1, 2, 3)
    await stores.say("4.000001", "help", place=at(4), command=True)
    assert await open_sessions(stores) == ["1", "2", "3", "4"]
    await ask(stores, 4, author="U2")
    assert await open_sessions(stores) == ["1", "2", "3", "4"]
    await stores.say("5.000001", "help", place=at(5), command=True)
    await stores.say("5.000002", "@bob what is that?", place=at(5), opens=False, asks=False)
    now = said("5.000002", "what is that?", place=at(5), author="U1")
    await stores.changes.change(Change(at(5), "5.000002", 9_000_000_000, now), calls=True)
    assert await open_sessions(stores) == ["2", "3", "4", "5"]


async def test_others_and_other_workspaces_have_their_own(stores: DatabaseStores) -> None:
    await ask(stores, 1, 2, 3)
    await ask(stores, 4, 5, author="U2")
    # Who writes in a thread does not own it.
    await ask(stores, 1, 2, 3, author="U2")
    elsewhere = Place("slack", "T9", "C1", "1.000001")
    await stores.say("9", place=elsewhere)
    assert await open_sessions(stores) == ["1", "1", "2", "3", "4", "5"]


async def test_none_is_archived_in_which_something_waits_or_is_answered(stores: DatabaseStores) -> None:
    await ask(stores, 1, 2, 3)
    await stores.say("1.5", place=at(1))
    await stores.say("2.5", place=at(2))
    lease = await stores.claimed_at(at(2))
    await ask(stores, 4)
    assert await open_sessions(stores) == ["1", "2", "4"]
    await stores.turns.finish(lease, answer("a"))
    assert await stores.turns.waiting([at(1).workspace_key]) == [Session(await stores.id_at(at(1)), at(1))]


async def test_where_fewer_are_allowed_than_before_the_others_go(stores: DatabaseStores) -> None:
    unlimited = stores_of(stores.database)
    unlimited.sessions._new_id = stores.sessions._new_id
    await ask(unlimited, *range(1, 8))
    await ask(stores, 8)
    assert await open_sessions(stores) == ["6", "7", "8"]


async def test_they_are_found_by_their_owner(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, owned.ARCHIVE_BEYOND, 2)
    assert [step for step in steps if "sessions_owned (surface=? AND workspace=? AND owner=?)" in step]
    assert not [step for step in steps if step.startswith("SCAN sessions")]
