"""Jobs go in time, and with their sessions."""

from collections.abc import Callable

from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.types import ExpiryMode, TurnAction
from chathakase.storage.stores.job_store import KEPT_MS
from tests.storage.database_stores import PLACE, TIMEOUT, DatabaseStores

HELP = Job(Command(PLACE, "2", "U1", "help"))
PRESSED = Job(Interaction(PLACE, "3.1", "U2", TurnAction.RETRY, "ab12", 2))


async def test_what_is_done_stays_done_since_then(stores: DatabaseStores) -> None:
    await stores.jobs.enqueue(HELP)
    await stores.jobs.done(HELP)
    done = await stores.database.fetch("SELECT * FROM jobs")
    stores.clock.now += 1
    await stores.jobs.done(HELP)
    await stores.jobs.release(HELP)
    assert await stores.database.fetch("SELECT * FROM jobs") == done


async def test_done_jobs_are_forgotten_in_time(stores: DatabaseStores) -> None:
    await stores.jobs.enqueue(HELP)
    await stores.jobs.done(HELP)
    stores.clock.now += KEPT_MS + 1
    await stores.jobs.enqueue(PRESSED)
    await stores.jobs.done(PRESSED)
    assert await stores.database.fetch("SELECT id FROM jobs") == [(PRESSED.id,)]


async def test_done_jobs_are_forgotten_though_no_other_is_done(stores: DatabaseStores) -> None:
    await stores.jobs.enqueue(HELP)
    await stores.jobs.enqueue(PRESSED)
    await stores.jobs.done(HELP)
    await stores.forgetting.prune(idle=TIMEOUT)
    assert await stores.count("jobs") == 2
    stores.clock.now += KEPT_MS + 1
    await stores.forgetting.prune(idle=TIMEOUT)
    assert await stores.database.fetch("SELECT id FROM jobs") == [(PRESSED.id,)]


async def test_jobs_go_with_their_session(stores_with: Callable[[ExpiryMode], DatabaseStores]) -> None:
    deleting = stores_with(ExpiryMode.DELETE)
    await deleting.say("2", "help", command=True)
    deleting.clock.now += TIMEOUT + 1
    assert await deleting.forgetting.expire() == 1
    assert await deleting.count("jobs") == 0


async def test_what_a_deleted_session_had_is_not_taken_for_new(
    stores_with: Callable[[ExpiryMode], DatabaseStores],
) -> None:
    deleting = stores_with(ExpiryMode.DELETE)
    await deleting.answered("5", "q", "a")
    deleting.clock.now += TIMEOUT + 1
    assert await deleting.forgetting.expire() == 1
    assert not await deleting.say("5", "q")
    assert await deleting.say("6", "afresh")
    assert await deleting.texts() == ["afresh"]
