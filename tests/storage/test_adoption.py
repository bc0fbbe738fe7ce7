"""What was stored before workspaces were noted belongs to the one whose token opens the database first."""

from collections.abc import Callable
from dataclasses import replace

from chathakase.core.jobs import CLEAR_SESSION, Command, Job
from chathakase.core.types import ExpiryMode, WorkspaceKey
from chathakase.storage.stores.adoption import adopt
from tests.places import TEAM
from tests.storage.database_stores import PLACE, TIMEOUT, DatabaseStores

NOWHERE_YET = replace(PLACE, workspace="")


async def adopted(stores: DatabaseStores, workspace: str = TEAM, surface: str = PLACE.surface) -> None:
    await adopt(stores.database, WorkspaceKey(surface, workspace))


async def test_sessions_and_jobs_go_on_in_the_workspace(stores: DatabaseStores) -> None:
    await stores.say("1", "q1", place=NOWHERE_YET)
    await stores.jobs.enqueue(Job(Command(NOWHERE_YET, "2", "U1", CLEAR_SESSION)))
    await adopted(stores, surface="another")
    assert not await stores.say("3", "q3", opens=False)
    await adopted(stores)
    assert (await stores.sessions.active(PLACE, limit=9)).sessions[0].place == PLACE
    assert await stores.say("3", "q3", opens=False)
    stores.clock.now += 60_000
    assert [job.task.place for job in await stores.jobs.claim([PLACE.workspace_key])] == [PLACE]


async def test_what_is_gone_is_known_there(stores_with: Callable[[ExpiryMode], DatabaseStores]) -> None:
    stores = stores_with(ExpiryMode.DELETE)
    await stores.say("5", "q5", place=NOWHERE_YET, asks=False)
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    await adopted(stores)
    assert not await stores.say("5", "delivered again")
    assert await stores.say("6", "new")


async def test_who_was_told_something_there_is_not_told_again(stores: DatabaseStores) -> None:
    for person, place in (("U1", NOWHERE_YET), ("U2", NOWHERE_YET), ("U2", PLACE)):
        assert await stores.hints.tell(person, place, "hint", teller="a")
    await adopted(stores)
    assert not await stores.hints.tell("U1", PLACE, "hint", teller="b")
    assert not await stores.hints.tell("U2", PLACE, "hint", teller="b")


async def test_until_when_somebody_listened_there_is_known(stores: DatabaseStores) -> None:
    await stores.listening.note([NOWHERE_YET.workspace_key])
    noted = stores.clock.now
    await adopted(stores)
    assert await stores.listening.until([PLACE.workspace_key]) == noted
    stores.clock.now += 5
    await stores.listening.note([NOWHERE_YET.workspace_key])
    await adopted(stores)
    assert await stores.listening.until([PLACE.workspace_key]) == noted


async def test_only_the_first_workspace_gets_them_and_only_once(stores: DatabaseStores) -> None:
    await stores.say("1", "q1", place=NOWHERE_YET)
    for workspace in (TEAM, TEAM, "T2"):
        await adopted(stores, workspace)
    await stores.say("1", "q1", place=replace(PLACE, workspace="T2"))
    there = replace(PLACE, workspace="T2")
    for place in (PLACE, there):
        assert [each.place for each in (await stores.sessions.active(place, limit=9)).sessions] == [place]


async def test_what_is_in_the_way_stays_where_it_is(stores: DatabaseStores) -> None:
    async with stores.database.transaction() as transaction:
        for number, workspace in enumerate((TEAM, "")):
            about = (str(number), PLACE.surface, workspace, PLACE.channel, PLACE.thread)
            await transaction.execute(
                "INSERT INTO sessions (id, surface, workspace, channel, thread, began_at, active_at) "
                "VALUES ($1, $2, $3, $4, $5, 0, 1 << 60)",
                *about,
            )
    await adopted(stores)
    for place in (PLACE, NOWHERE_YET):
        assert [each.place for each in (await stores.sessions.active(place, limit=9)).sessions] == [place]
