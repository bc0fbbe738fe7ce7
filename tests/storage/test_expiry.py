"""What is old goes bit by bit, and of what is gone nothing is left."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chathakase.core.memory import Memory
from chathakase.core.types import ExpiryMode, Renewal
from chathakase.storage.stores.expiry import TOMBSTONE_MS
from chathakase.storage.stores.place_columns import columns_of
from tests.places import slack_place
from tests.storage.database_stores import FILE, ID, PLACE, TIMEOUT, DatabaseStores, answer

pytestmark = pytest.mark.slow

DAY = 86_400_000
OTHER = slack_place("C2", "1.000001")


async def old(stores: DatabaseStores, messages: int = 0) -> None:
    """A session with something in every table, and another one that is a day younger."""
    await stores.say("1", "the secret zebra", files=(FILE,))
    await stores.turns.finish(await stores.claimed(), answer("a zebra"))
    for number in range(messages):
        await stores.say(f"2.{number:06d}", f"more {number}", asks=False)
    await stores.sum_up()
    await stores.say("3", "help", command=True)
    stores.clock.now += DAY
    await stores.say("4", "the young giraffe", place=OTHER, asks=False)


TABLES = ("sessions", "messages", "turns", "titles", "summaries", "files", "usage", "jobs")


@pytest.mark.parametrize("messages", [0, 300])
async def test_what_is_old_is_deleted_with_every_row(messages: int, stores: DatabaseStores) -> None:
    await old(stores, messages)
    await stores.forgetting.expire()
    assert await stores.forgetting.prune(idle=DAY) == 0
    stores.clock.now += 1
    assert await stores.forgetting.prune(idle=DAY) == 1
    left = {table: await stores.count(table) for table in TABLES}
    assert left == dict.fromkeys(TABLES, 0) | {"sessions": 1, "messages": 1, "titles": 1}
    assert await stores.sessions.info(ID) is None
    assert [found.place for found in await stores.search.search("the", author=None, channels=None, limit=9)] == [
        OTHER,
        OTHER,
    ]


async def test_what_was_not_archived_is_pruned_as_well(stores: DatabaseStores) -> None:
    await old(stores)
    stores.clock.now += 1
    assert await stores.forgetting.prune(idle=DAY) == 1
    assert await stores.count("sessions") == 1


async def test_what_waits_is_never_pruned(stores: DatabaseStores) -> None:
    await stores.say("1", "a question")
    stores.clock.now += 99 * DAY
    assert await stores.forgetting.prune(idle=DAY) == 0
    lease = await stores.claimed()
    assert await stores.forgetting.prune(idle=DAY) == 0
    assert await stores.turns.renew([lease]) == [Renewal.HELD]


async def test_a_deletion_that_was_cut_short_is_gone_on_with(
    stores_with: Callable[[ExpiryMode], DatabaseStores],
) -> None:
    stores = stores_with(ExpiryMode.DELETE)
    await old(stores, 300)
    stores.clock.now += TIMEOUT + 1
    for steps in range(1, 40, 3):
        work = asyncio.create_task(stores.forgetting.expire())
        for _ in range(steps):
            await asyncio.sleep(0)
        work.cancel()
        await asyncio.wait((work,))
    await stores.forgetting.expire()
    assert await stores.count("messages") == 0


async def test_what_is_said_meanwhile_begins_anew(stores: DatabaseStores) -> None:
    await old(stores, 300)
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1 WHERE id = $1", ID)
    assert not await stores.say("5", "a reply that needs the session", opens=False)
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1")
    assert await stores.say("6", "a mention")
    assert await stores.texts() == ["a mention"]
    assert (await stores.claimed()).upto == 1
    assert await stores.export.transcript(await stores.id_at(OTHER)) is None


async def test_it_is_known_for_a_while_that_a_session_is_gone(
    stores_with: Callable[[ExpiryMode], DatabaseStores],
) -> None:
    stores = stores_with(ExpiryMode.DELETE)
    await stores.answered("5", "q5", "a5")
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    assert not await stores.say("5", "delivered again")
    assert not await stores.say("4", "came late")
    stores.clock.now += TOMBSTONE_MS + 1
    await stores.forgetting.expire()
    await stores.say("6", "another")
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    assert await stores.database.fetch("SELECT surface, workspace, channel, thread FROM tombstones") == [
        columns_of(PLACE)
    ]


async def test_a_session_whose_rows_are_being_deleted_is_gone_for_everybody(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "the secret", "an answer")
    await stores.say("2", "a question that waits")
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1")
    assert await stores.turns.claim(ID) is None
    assert not await stores.interaction(turn)
    assert await stores.remembered() == Memory(())
    assert await stores.listening.active([PLACE.workspace_key], since=0, limit=9) == []
    assert await stores.export.transcript(ID) is None
    await stores.forgetting.prune(idle=DAY)
    assert await stores.count("messages") == 0


async def test_nothing_of_what_was_deleted_is_left_on_disk(stores: DatabaseStores, database: Path) -> None:
    await stores.answered("1", "the zebrafish", "a zebrafish")
    files = [database, database.with_name(f"{database.name}-wal")]
    assert any(b"zebrafish" in file.read_bytes() for file in files)
    stores.clock.now += DAY
    await stores.forgetting.prune(idle=DAY - 1)
    assert not any(b"zebrafish" in file.read_bytes() for file in files)
