"""What is said is had once, and belongs to the session of its thread."""

import asyncio

import pytest

from chathakase.core.memory import Scope
from chathakase.core.types import NO_SESSION, Appended, Roster
from tests.places import slack_place
from tests.storage.database_stores import FILE, HERE, ID, PLACE, Talk, answer, said


async def test_what_is_said_after_the_command_survives_the_clearing(stores: Talk) -> None:
    await stores.say("1", "before")
    await stores.say("2", "clear session", command=True)
    await stores.say("3", "after")
    assert await stores.clear("2") == 1
    assert await stores.texts() == ["after"]
    assert await stores.turns.waiting([PLACE.workspace_key]) == [HERE]


async def test_commands_are_had_once_and_never_remembered(stores: Talk) -> None:
    assert await stores.say("1", "help", command=True)
    assert not await stores.say("1", "help", command=True)
    assert await stores.texts() == []
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_what_becomes_of_a_message_is_told(stores: Talk) -> None:
    assert await stores.say("1", opens=False) is Appended.NO_SESSION_YET
    assert await stores.say("1") is Appended.NEW
    assert await stores.say("1") is Appended.KNOWN
    assert await stores.say("1", files=(FILE,)) is Appended.COMPLETED
    assert await stores.say("1", files=(FILE,)) is Appended.KNOWN
    assert await stores.say("1", place=slack_place("C2", "1.0"), opens=False) is Appended.NO_SESSION_YET
    assert await stores.sessions.opened([PLACE, slack_place("C2", "1.0")]) == {PLACE: ID}


async def test_twins_at_the_same_time_are_saved_once(stores: Talk) -> None:
    results = await asyncio.gather(*(stores.say(str(n // 2)) for n in range(40)))
    assert sum(map(bool, results)) == 20
    assert len(await stores.texts()) == 20


async def test_what_opens_no_session_is_none_of_ours_until_there_is_one(stores: Talk) -> None:
    assert await stores.say("2", opens=False) is Appended.NO_SESSION_YET
    assert await stores.sessions.find(PLACE) is None
    await stores.say("1")
    assert await stores.sessions.find(PLACE) == ID
    assert await stores.say("2", opens=False) is Appended.NEW


async def test_the_newest_threads_of_a_channel_come_first(stores: Talk) -> None:
    places = [slack_place("C1", f"{number}.5") for number in (1, 3, 2)]
    for place in places:
        await stores.say(place.thread, place=place)
    await stores.say("9.5", place=slack_place("C2", "9.5"))
    await stores.turns.finish(await stores.claimed_at(places[1]), answer("a"))
    channel = PLACE.beside("C1")
    assert await stores.sessions.newest_threads(channel, busy=False, limit=2) == [places[1], places[2]]
    assert await stores.sessions.newest_threads(channel, busy=True, limit=9) == [places[2], places[0]]


async def test_a_session_belongs_to_whoever_asked_first(stores: Talk) -> None:
    assert await stores.sessions.roster(NO_SESSION) == Roster()
    await stores.say("1", "help", author="U9", command=True)
    assert await stores.sessions.roster(ID) == Roster("", frozenset(), backfilled=False)
    await stores.say("2", "just talk", author="U3", opens=False, asks=False)
    await stores.say("3", "plan a trip", author="U1", opens=False)
    await stores.say("4", "to Kyoto", author="U2", opens=False)
    await stores.memory.add_earlier(ID, [said("0.5", "lunch?", author="U4")])
    assert await stores.sessions.roster(ID) == Roster("U1", frozenset({"U1", "U2", "U3", "U4"}))


async def test_whoever_opened_a_session_by_a_question_owns_it_though_that_was_refused(stores: Talk) -> None:
    await stores.say("1", "plan a trip", author="U1", asks=False)
    await stores.say("2", "to Kyoto", author="U2", opens=False)
    assert (await stores.sessions.roster(ID)).owner == "U1"


@pytest.mark.parametrize("opens_by_a_command", [False, True])
async def test_whoever_asked_first_owns_a_session_though_that_is_forgotten(
    opens_by_a_command: bool, stores: Talk
) -> None:
    if opens_by_a_command:
        await stores.say("1", "help", author="U9", command=True)
    await stores.say("2", "plan a trip", author="U1")
    await stores.say("3", "to Kyoto", author="U2", opens=False)
    await stores.forgetting.forget(Scope.ONE, author="U1", session=HERE, before="2")
    roster = await stores.sessions.roster(ID)
    assert (roster.owner, roster.participants) == ("U1", frozenset({"U2"}))
