"""Which threads there are of a person, where only a database can tell."""

from chathakase.core.listing import EVERYWHERE, ThreadFilter
from chathakase.core.types import WorkspaceKey
from tests.places import HOME, slack_place
from tests.storage.contract.test_listing import ALL, ask, names, page
from tests.storage.database_stores import ID, PLACE, TIMEOUT, DatabaseStores

ARCHIVE = "UPDATE sessions SET archived_at = $2, archived_by = $3 WHERE id = $1"


async def archive(stores: DatabaseStores, by: str = "U1") -> None:
    async with stores.database.transaction() as transaction:
        await transaction.execute(ARCHIVE, ID, stores.clock.now, by)


async def test_a_thread_that_merely_idled_stays(stores: DatabaseStores) -> None:
    await ask(stores, PLACE, reply="hi")
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    (found,) = (await page(stores, which=ThreadFilter())).threads
    assert not found.archived


async def test_one_that_somebody_put_away_is_among_the_archived_until_it_wakes(
    stores: DatabaseStores,
) -> None:
    await ask(stores, PLACE, reply="hi")
    await archive(stores)
    assert names(await page(stores, which=ThreadFilter())) == []
    for which in (ALL, ThreadFilter(archived=True)):
        assert [each.archived for each in (await page(stores, which=which)).threads] == [True]
    await ask(stores, PLACE, "again")
    assert [each.archived for each in (await page(stores, which=ThreadFilter())).threads] == [False]


async def test_one_whose_deletion_has_begun_is_not_told(stores: DatabaseStores) -> None:
    await ask(stores, PLACE)
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET deleting = 1")
    assert (await page(stores)).total == 0


async def test_an_agent_has_threads_of_its_own(stores: DatabaseStores) -> None:
    await ask(stores, PLACE)
    await ask(stores, slack_place("C2", "1.000001"))
    async with stores.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET agent = 'poet' WHERE id = $1", ID)
    found = await page(stores, which=ThreadFilter(agent="poet"), limit=1)
    assert [(each.name, each.agent) for each in found.threads] == [(PLACE.name, "poet")]
    assert (found.total, found.next) == (1, "")


async def test_whoever_may_read_the_database_lists_all_threads(stores: DatabaseStores) -> None:
    await ask(stores, PLACE, author="U2")
    elsewhere = slack_place("C2", "1.000001", team="T9")
    await ask(stores, elsewhere)

    async def listed(person: str | None, workspace: WorkspaceKey) -> list[str]:
        return names(await stores.listing.page(person, workspace, channels=None, which=ALL, limit=9))

    assert await listed(None, EVERYWHERE) == [elsewhere.name, PLACE.name]
    assert await listed("U2", EVERYWHERE) == await listed(None, HOME) == [PLACE.name]
    assert await listed(None, WorkspaceKey("", "T9")) == [elsewhere.name]
