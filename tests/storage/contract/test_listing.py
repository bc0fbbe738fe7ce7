"""Which threads there are of a person, and what a list tells of each."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chathakase.core.listing import ListedThread, ThreadFilter, ThreadsPage
from chathakase.core.types import LastMessage, Place
from tests.places import HOME, slack_place
from tests.storage.database_stores import ID, PLACE, Talk, answer

DM, ELSEWHERE = slack_place("D1", "2.000001"), slack_place("C2", "3.000001")
ALL = ThreadFilter(archived=None)


async def page(stores: Talk, person: str = "U1", which: ThreadFilter = ALL, **about: object) -> ThreadsPage:
    settings: dict[str, object] = {"channels": None, "limit": 20, **about}
    return await stores.listing.page(person, HOME, which=which, **settings)  # type: ignore[arg-type]


def names(found: ThreadsPage) -> list[str]:
    return [each.name for each in found.threads]


async def ask(stores: Talk, place: Place, text: str = "hello", *, author: str = "U1", reply: str = "") -> None:
    """Somebody asks a while after what was said before, and may get an answer."""
    stores.clock.now += 1000
    await stores.say(f"{stores.clock.now / 1000:.6f}", text, place=place, author=author)
    if reply:
        assert await stores.turns.finish(await stores.claimed_at(place), answer(reply))


async def threads(stores: Talk, count: int) -> list[str]:
    """So many threads of one person; their names, the newest first."""
    places = [slack_place("C1", f"{number}.000001") for number in range(1, count + 1)]
    for place in places:
        await ask(stores, place, f"thread {place.thread}")
    return [place.name for place in reversed(places)]


async def test_who_has_none_is_told_so(stores: Talk) -> None:
    await ask(stores, PLACE)
    assert await page(stores, "U9") == ThreadsPage((), 0, "")


async def test_it_tells_of_a_thread_what_people_know_it_by(stores: Talk) -> None:
    await ask(stores, PLACE, "how do threads work?", reply="x" * 200)
    await ask(stores, PLACE, "thanks", author="U2")
    (found,) = (await page(stores)).threads
    now = stores.clock.now
    assert found == ListedThread(
        session=ID,
        place=PLACE,
        title="how do threads work?",
        agent="default",
        owner="U1",
        messages=3,
        exchanges=1,
        last=LastMessage("thanks", "U2", now),
        active=now,
        archived=False,
        is_last_used=True,
    )


async def test_the_last_line_may_be_an_answer(stores: Talk) -> None:
    await ask(stores, PLACE, "hello", reply="x" * 200)
    (found,) = (await page(stores)).threads
    assert found.last == LastMessage("x" * 100, "", stores.clock.now)


async def test_the_most_recently_active_comes_first_and_the_one_written_in_last_is_marked(stores: Talk) -> None:
    for place in (PLACE, DM, ELSEWHERE):
        await ask(stores, place)
    await ask(stores, PLACE, "and another thing", author="U2")
    found = await page(stores)
    assert names(found) == [PLACE.name, ELSEWHERE.name, DM.name]
    assert [each.is_last_used for each in found.threads] == [False, True, False]


async def test_it_has_what_a_person_takes_part_in_and_nothing_else(stores: Talk) -> None:
    await ask(stores, PLACE, author="U2")
    await ask(stores, DM, author="U2")
    await ask(stores, PLACE, "me too")
    assert names(await page(stores)) == [PLACE.name]
    assert names(await page(stores, "U2")) == [PLACE.name, DM.name]


async def test_it_has_what_a_person_owns_when_all_that_they_said_is_forgotten(stores: Talk) -> None:
    await ask(stores, PLACE, reply="hi")
    stores.clock.now += 1000
    await stores.say("9999999999.000001", "clear session", command=True, author="U2")
    assert await stores.clear("9999999999.000001") == 2
    (found,) = (await page(stores)).threads
    assert (found.messages, found.exchanges, found.last) == (0, 0, None)


async def test_only_channels_that_are_open_to_somebody_are_in_it(stores: Talk) -> None:
    for place in (PLACE, DM, ELSEWHERE):
        await ask(stores, place)
    open_to = [PLACE.beside("C1"), replace(ELSEWHERE, workspace="T9", thread=""), PLACE.beside("C7")]
    found = await page(stores, channels=open_to)
    assert (names(found), found.total) == ([PLACE.name], 1)
    assert await page(stores, channels=[]) == ThreadsPage((), 0, "")


async def test_who_has_the_same_id_in_another_workspace_is_somebody_else(stores: Talk) -> None:
    await ask(stores, replace(PLACE, workspace="T9"))
    await ask(stores, PLACE)
    found = await page(stores)
    assert [each.place for each in found.threads] == [PLACE]
    assert found.threads[0].is_last_used


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 41])
async def test_pages_are_of_twenty_and_each_tells_how_many_there_are(stores: Talk, count: int) -> None:
    wanted, after, told = await threads(stores, count), "", list[str]()
    for start in range(0, max(count, 1), 20):
        found = await page(stores, after=after)
        told += names(found)
        after = found.next
        assert found.total == count
        assert bool(after) == (start + 20 < count)
    assert told == wanted


@pytest.mark.parametrize("after", ["x", "1", "1.2", "..", "1..", "-1.5.s", "²." * 3, "9" * 99])
async def test_what_is_no_page_begins_the_list_anew(stores: Talk, after: str) -> None:
    wanted = await threads(stores, 3)
    assert names(await page(stores, after=after)) == wanted


async def test_threads_that_become_active_between_pages_stay_where_they_were(stores: Talk) -> None:
    wanted = await threads(stores, 30)
    first = await page(stores, limit=10)
    for number in (1, 12, 25, 25):
        await ask(stores, slack_place("C1", f"{number}.000001"), "again")
    await ask(stores, slack_place("C1", "99.000001"), "new")
    second = await page(stores, limit=10, after=first.next)
    third = await page(stores, limit=10, after=second.next)
    assert names(first) + names(second) + names(third) == wanted
    assert (first.total, second.total, third.total, third.next) == (30, 30, 30, "")
    assert len((await page(stores, limit=99)).threads) == 31


async def test_what_one_was_told_of_before_others_became_active_comes_again_in_no_page(stores: Talk) -> None:
    """Those that share a moment are told in a fixed order."""
    for number in range(1, 10):
        await stores.say(f"{number}.000002", "at once", place=slack_place("C1", f"{number}.000001"))
    told, after = list[str](), ""
    for _ in range(9):
        found = await page(stores, limit=1, after=after)
        told, after = told + names(found), found.next
    assert (len(set(told)), after) == (9, "")


FILTERS: Sequence[tuple[ThreadFilter, list[int]]] = [
    (ALL, [3, 2, 1]),
    (ThreadFilter(), [3, 2, 1]),
    (ThreadFilter(archived=True), []),
    (ThreadFilter(agent="default"), [3, 2, 1]),
    (ThreadFilter(agent="another"), []),
    (ThreadFilter(since=1_700_000_002_000), [3, 2]),
    (ThreadFilter(until=1_700_000_002_000), [1]),
    (ThreadFilter(since=1_700_000_002_000, until=1_700_000_003_000), [2]),
    (ThreadFilter(words="TRIP"), [3, 1]),
    (ThreadFilter(words="kyoto trip"), [1]),
    (ThreadFilter(words="an answer"), [2]),
    (ThreadFilter(words="nothing of that kind"), []),
    (ThreadFilter(words="trip", since=1_700_000_002_000), [3]),
]


@pytest.mark.parametrize(("which", "wanted"), FILTERS)
async def test_a_filter_is_applied_before_the_limit(stores: Talk, which: ThreadFilter, wanted: list[int]) -> None:
    await ask(stores, slack_place("C1", "1.000001"), "a trip to Kyoto")
    await ask(stores, slack_place("C1", "2.000001"), "hello", reply="This is an ANSWER.")
    await ask(stores, slack_place("C1", "3.000001"), "another trip")
    told, after = list[str](), ""
    for _ in range(max(len(wanted), 1)):
        found = await page(stores, which=which, limit=1, after=after)
        assert found.total == len(wanted)
        told, after = told + names(found), found.next
    assert (told, after) == ([f"C1_{number}.000001" for number in wanted], "")
