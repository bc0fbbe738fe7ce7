"""Who looks at all of their threads, what they have chosen to see, and whom a change concerns."""

from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState, Shown
from chathakase.core.types import UserKey
from tests.places import slack_place
from tests.storage.database_stores import HERE, ID, PLACE, Talk

U1, U2, U3 = (PLACE.user_key(user) for user in ("U1", "U2", "U3"))
ELSEWHERE = slack_place("C1", "2.000001", team="T2")
CHOSEN = OverviewState(
    Shown.ARCHIVED, "since 2026-01-01 “fish”", "1.2.s3", 3, last_lines=False, sessions_after="4.5.s6"
)


async def test_nobody_has_chosen_anything_at_first(stores: Talk) -> None:
    assert await stores.overviews.kept(U1) == OverviewState()
    assert set(await stores.overviews.watching([PLACE.workspace_key])) == set()


async def test_what_somebody_has_chosen_is_kept(stores: Talk) -> None:
    await stores.overviews.keep(U1, CHOSEN)
    assert await stores.overviews.kept(U1) == CHOSEN
    assert await stores.overviews.kept(U2) == OverviewState()
    assert await stores.overviews.kept(ELSEWHERE.user_key("U1")) == OverviewState(), "that is somebody else"


async def test_whoever_opens_it_again_sees_the_first_page_of_all_with_their_settings(stores: Talk) -> None:
    assert await stores.overviews.opened(U1) == OverviewState()
    await stores.overviews.keep(U1, CHOSEN)
    assert await stores.overviews.opened(U1) == OverviewState(last_lines=False)
    assert await stores.overviews.kept(U1) == OverviewState(last_lines=False)


async def test_whoever_has_not_looked_for_a_day_watches_no_longer(stores: Talk) -> None:
    await stores.overviews.opened(U1)
    await stores.overviews.opened(ELSEWHERE.user_key("U1"))
    stores.clock.now += DAY - 1
    await stores.overviews.keep(U2, CHOSEN)
    assert set(await stores.overviews.watching([PLACE.workspace_key])) == {U1, U2}
    stores.clock.now += 1
    assert set(await stores.overviews.watching([PLACE.workspace_key, ELSEWHERE.workspace_key])) == {U2}
    await stores.overviews.opened(U1)
    assert set(await stores.overviews.watching([PLACE.workspace_key])) == {U1, U2}


async def test_a_change_concerns_those_who_own_the_session_or_took_part_and_look(stores: Talk) -> None:
    await stores.say("1", "q1")
    await stores.say("2", "q2", author="U2", opens=False)
    await stores.say("3", "help", author="U3", command=True)
    await stores.say("4", "q4", author="U2", place=ELSEWHERE)
    other = await stores.id_at(ELSEWHERE)
    assert set(await stores.overviews.concerned([ID])) == set()
    for person in (U1, U2, U3, ELSEWHERE.user_key("U2"), ELSEWHERE.user_key("U1")):
        await stores.overviews.opened(person)
    assert set(await stores.overviews.concerned([ID])) == {U1, U2}
    assert set(await stores.overviews.concerned([other])) == {ELSEWHERE.user_key("U2")}
    assert set(await stores.overviews.concerned([ID, other])) == {U1, U2, ELSEWHERE.user_key("U2")}
    assert set(await stores.overviews.concerned([])) == set()
    stores.clock.now += DAY
    assert set(await stores.overviews.concerned([ID])) == set()


async def test_a_session_concerns_its_owner_though_their_words_are_forgotten(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.overviews.opened(U1)
    await stores.forgetting.clear(HERE.id, before="later", said=9_000_000)
    concerned: set[UserKey] = set(await stores.overviews.concerned([ID]))
    assert concerned == {U1}
