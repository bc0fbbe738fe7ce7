"""Which threads there are of a person, where only a database can tell."""

import pytest

from chathakase.core.listing import EVERYWHERE, ThreadFilter
from chathakase.core.memory import TitleBy
from chathakase.core.types import WorkspaceKey
from chathakase.storage.sqlite import word_finder
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


WORDS = [
    ("swordfish", ["1"]),
    ("SWORD fish", ["1"]),
    ("ÄRZTE", ["2"]),
    ("arzte", []),
    ("鴨川", ["3"]),
    ("鴨川の散歩", ["3"]),
    ("q", ["4"]),
    ("hello", ["4", "3", "2", "1"]),
    ("hello swordfish", ["1"]),
    ("named", ["2"]),
    ("100%", ["3"]),
    ("x" * 70, []),
]


@pytest.mark.parametrize("most", [0, 6_000], ids=["by the index", "by what they said"])
@pytest.mark.parametrize(("words", "wanted"), WORDS)
async def test_words_are_found_in_titles_and_in_what_was_said(
    words: str, wanted: list[str], most: int, stores: DatabaseStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_finder, "OWN_MESSAGES", most)
    texts = ["hello, a swordfish", "hello, die Ärzte", "hello, 鴨川の散歩 100%", "hello, q"]
    for number, text in enumerate(texts, 1):
        await ask(stores, slack_place("C1", f"{number}.000001"), text)
    await ask(stores, slack_place("C1", "5.000001"), "a swordfish of somebody else, hello", author="U2")
    second = await stores.id_at(slack_place("C1", "2.000001"))
    await stores.titles.set_title(second, "Named", by=TitleBy.PERSON)
    found = await page(stores, which=ThreadFilter(words=words))
    assert [name.removeprefix("C1_").partition(".")[0] for name in names(found)] == wanted
    assert found.total == len(wanted)


@pytest.mark.parametrize("most", [0, 6_000], ids=["by the index", "by what they said"])
async def test_what_too_many_say_is_found_in_ones_own_threads(
    most: int, stores: DatabaseStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_finder, "OWN_MESSAGES", most)
    monkeypatch.setattr(word_finder, "NEWEST", 2)
    await ask(stores, PLACE, "hello")
    for number in range(5):
        await ask(stores, slack_place("C9", f"{number}.000001"), "hello", author="U2")
    assert names(await page(stores, which=ThreadFilter(words="hello"))) == [PLACE.name]


async def test_what_is_forgotten_is_not_found(stores: DatabaseStores) -> None:
    await ask(stores, PLACE, "a secret", reply="hi")
    await stores.say("9999999999.000001", "clear session", command=True)
    await stores.clear("9999999999.000001")
    assert (await page(stores, which=ThreadFilter(words="secret"))).total == 0


async def test_a_list_keeps_its_order_for_an_hour_and_nothing_of_it_longer(stores: DatabaseStores) -> None:
    for number in range(1, 5):
        await ask(stores, slack_place("C1", f"{number}.000001"))
    first = await page(stores, limit=2)
    stores.clock.now += 3_590_000
    await ask(stores, slack_place("C1", "1.000001"), "again")
    second = await page(stores, limit=2, after=first.next)
    assert names(second) == ["C1_2.000001", "C1_1.000001"]
    for _ in range(9):
        stores.clock.now += 3_600_001
        await ask(stores, slack_place("C1", "1.000001"), "and again")
    assert await stores.count("activity") <= 2
