"""Sessions that somebody has archived or deleted: the one as if it idled, the other as if it had never been."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.jobs import DELETE_SESSION, Command, Job
from chathakase.core.memory import TitleBy
from chathakase.core.types import Appended, ExpiryMode, Role, TurnEnd, Usage
from chathakase.storage.stores.expiry import TOMBSTONE_MS
from tests.places import slack_place
from tests.storage.database_stores import FILE, ID, PLACE, TIMEOUT, DatabaseStores, answer, said

pytestmark = pytest.mark.slow

DAY = 86_400_000
OTHER = slack_place("C2", "1.000001")
TABLES = (
    "sessions",
    "messages",
    "turns",
    "titles",
    "summaries",
    "files",
    "usage",
    "participants",
    "listed",
    "exclusions",
    "activity",
)


def wanted(ref: str = "5") -> Job:
    return Job(Command(PLACE, ref, "U1", DELETE_SESSION, ID), session=ID)


async def have_deleted(stores: DatabaseStores, job: Job) -> None:
    await stores.sessions.append(said(job.task.ref, DELETE_SESSION), role=Role.COMMAND, job=job)
    await stores.forgetting.delete(ID, job=job, event=AuditEvent(Deed.DELETE))


async def full(stores: DatabaseStores) -> None:
    """A session with something in every table."""
    await stores.say("1", "the secret zebra", files=(FILE,))
    await stores.turns.finish(await stores.claimed(), answer("a zebra"))
    await stores.sum_up()
    await stores.say("3", "help", command=True)


async def archived(stores: DatabaseStores) -> list[tuple[object, ...]]:
    rows = await stores.database.fetch("SELECT archived_at, archived_by FROM sessions")
    return [tuple(row) for row in rows]


async def test_what_is_archived_is_known_by_whom_until_it_wakes(stores: DatabaseStores) -> None:
    await full(stores)
    assert await stores.forgetting.archive(ID, by="U1")
    assert await archived(stores) == [(stores.clock.now, "U1")]
    assert await stores.forgetting.archive(ID, by="U2"), "whoever does it again is told the same"
    await stores.say("4", "and a giraffe?")
    assert await archived(stores) == [(None, "")]


async def test_what_idled_was_archived_by_nobody(stores: DatabaseStores) -> None:
    await full(stores)
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    assert await archived(stores) == [(stores.clock.now, "")]


async def test_what_was_archived_is_kept_no_longer(stores: DatabaseStores) -> None:
    await full(stores)
    await stores.forgetting.archive(ID, by="U1")
    stores.clock.now += DAY + 1
    assert await stores.forgetting.prune(idle=DAY) == 1


async def test_nothing_is_archived_in_which_something_waits_or_is_answered(stores: DatabaseStores) -> None:
    await stores.say("1", "a zebra?")
    assert not await stores.forgetting.archive(ID, by="U1")
    lease = await stores.claimed()
    assert not await stores.forgetting.archive(ID, by="U1")
    assert await archived(stores) == [(None, "")]
    await stores.turns.finish(lease, answer("a zebra"))
    assert await stores.forgetting.archive(ID, by="U1")


async def test_of_what_is_deleted_no_row_is_left(stores: DatabaseStores) -> None:
    await full(stores)
    await stores.say("4", "another zebra", place=OTHER, asks=False)
    await have_deleted(stores, job := wanted())
    assert await stores.database.fetch("SELECT session, argument FROM jobs") == [(ID, ID)], "it is not done yet"
    assert await stores.jobs.done(job, AuditEvent(Deed.DELETE))
    assert {table: await stores.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0) | {
        "sessions": 1,
        "messages": 1,
        "titles": 1,
        "participants": 1,
        "listed": 1,
        "activity": 1,
    }
    assert await stores.database.fetch("SELECT session, argument FROM jobs") == [("", "")]
    (entry,) = await stores.audit.newest(PLACE.workspace_key, limit=9)
    assert (entry.who, entry.event.deed, entry.session) == ("U1", Deed.DELETE, ID)
    assert [found.place for found in await stores.search.search("zebra", author=None, channels=None, limit=9)] == [
        OTHER,
        OTHER,
    ]


async def test_what_a_turn_would_still_store_is_not(stores: DatabaseStores) -> None:
    await full(stores)
    memory = await stores.remembered()
    await stores.say("4", "another zebra?")
    lease = await stores.claimed()
    await have_deleted(stores, wanted())
    assert await stores.turns.finish(lease, answer("a zebra")) is TurnEnd.LOST
    assert await stores.turns.was_cleared(lease), "nobody else writes that answer"
    assert not await stores.titles.set_title(ID, "Zebras", by=TitleBy.MODEL, usage=Usage(1, 1), made_of=memory)
    assert await stores.memory.add_earlier(ID, [said("0.5", "an early zebra")]) == 0
    assert {table: await stores.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_what_is_said_there_later_begins_anew_and_what_was_said_before_stays_away(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    """Also long after it is no more known of other sessions that they were there."""
    stores = stores_with(mode)
    await full(stores)
    await have_deleted(stores, wanted())
    for _ in range(2):
        stores.clock.now += TOMBSTONE_MS + DAY
        await stores.forgetting.expire()
        await stores.forgetting.prune(idle=DAY)
        assert await stores.sessions.find(PLACE) is None
        assert await stores.say("1", "the secret zebra") is Appended.KNOWN
        assert await stores.say("4", "what was said before and comes late") is Appended.KNOWN
        ref = f"{stores.clock.now // 1000}.5"
        assert await stores.say(ref, "a giraffe", asks=False) is Appended.NEW
        assert (await stores.remembered()).backfilled, "nothing is read from the surface"
        assert await stores.texts() == ["a giraffe"]


async def test_what_was_asked_since_is_spared(stores: DatabaseStores) -> None:
    await full(stores)
    job = wanted()
    await stores.sessions.append(said("5", DELETE_SESSION), role=Role.COMMAND, job=job)
    await stores.say("6", "a giraffe?")
    assert await stores.turns.claim(ID) is None, "not before the rest is forgotten"
    await stores.forgetting.delete(ID, job=job, event=AuditEvent(Deed.DELETE))
    assert not await stores.forgetting.has_deleted(job, ID)
    await stores.jobs.done(job, AuditEvent(Deed.DELETE))
    assert await stores.texts(await stores.claimed()) == ["a giraffe?"]


async def test_after_a_crash_a_job_knows_that_it_was_the_one(stores: DatabaseStores) -> None:
    await full(stores)
    job, other = wanted("5"), wanted("6")
    await stores.sessions.append(said("5", DELETE_SESSION), role=Role.COMMAND, job=job)
    await have_deleted(stores, other)
    assert [await stores.forgetting.has_deleted(each, ID) for each in (job, other)] == [False, True]
    for each in (job, other):
        await stores.forgetting.delete(ID, job=each, event=AuditEvent(Deed.DELETE))
    assert len(await stores.audit.newest(PLACE.workspace_key, limit=9)) == 1


async def test_what_was_begun_is_gone_on_with(stores: DatabaseStores) -> None:
    await full(stores)
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1")
    assert not await stores.forgetting.has_deleted(wanted(), ID)
    assert await stores.count("messages") == 0


async def test_what_was_asked_after_a_press_is_not_deleted_with_the_rest(stores: DatabaseStores) -> None:
    await stores.answered("1", "the secret zebra", "a zebra")
    await stores.say("9", "a giraffe?")
    pressed = Command(PLACE, "a press", "U1", DELETE_SESSION, ID, told_in=PLACE.beside(""), said=5_000_000)
    job = Job(pressed, session=ID)
    assert await stores.jobs.enqueue(job)
    await stores.forgetting.delete(ID, job=job, event=AuditEvent(Deed.DELETE))
    await stores.jobs.done(job)
    assert await stores.texts(await stores.claimed()) == ["a giraffe?"]
    later = Job(replace(pressed, ref="a later press", said=10_000_000), session=ID)
    assert await stores.jobs.enqueue(later)
    await stores.forgetting.delete(ID, job=later, event=AuditEvent(Deed.DELETE))
    assert await stores.forgetting.has_deleted(later, ID)
    assert not await stores.forgetting.has_deleted(job, ID)
    assert {table: await stores.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
