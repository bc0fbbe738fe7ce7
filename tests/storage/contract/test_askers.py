"""Who said something, and who asked for an answer."""

from chathakase.core.types import SessionId
from tests.places import slack_place
from tests.storage.database_stores import ID, PLACE, Talk, answer


async def test_people_are_all_who_said_something_that_is_not_forgotten(stores: Talk) -> None:
    assert await stores.sessions.people(PLACE) == frozenset()
    await stores.answered("1", "q1", "a1", author="U1")
    await stores.say("2", "clear session", author="U2", command=True)
    await stores.say("3", "q3", author="U3")
    await stores.say("4", "by the way", author="U4", asks=False)
    await stores.say("5", "q5", author="U3")
    await stores.say("6", "elsewhere", author="U5", place=slack_place("C2", "1.000001"))
    assert await stores.sessions.people(PLACE) == {"U1", "U3", "U4"}
    await stores.clear("2")
    assert await stores.sessions.people(PLACE) == {"U3", "U4"}


async def test_askers_are_those_whom_the_turn_answers(stores: Talk) -> None:
    first = await stores.answered("1", "q1", "a1", author="U1")
    await stores.say("2", "q2", author="U2")
    await stores.say("3", "by the way", author="U9", asks=False)
    second = await stores.answered("4", "q4", "a4", author="U3")
    await stores.say("5", "q5", author="U4")
    third = await stores.claimed()
    await stores.say("6", "q6", author="U5")
    await stores.say("7", "by the way", author="U9", asks=False)
    assert await stores.turns.askers(ID, first) == {"U1"}
    assert await stores.turns.askers(ID, second) == {"U2", "U3"}
    assert await stores.turns.askers(ID, third.turn) == {"U4", "U5"}
    assert await stores.turns.askers(ID, "") == {"U4", "U5"}
    await stores.turns.finish(third, answer("a5"))
    assert await stores.turns.askers(ID, third.turn) == {"U4"}
    assert await stores.turns.askers(ID, "") == {"U5"}


async def test_nobody_asked_what_is_unknown_forgotten_or_elsewhere(stores: Talk) -> None:
    assert await stores.turns.askers(ID, "") == frozenset()
    first = await stores.answered("1", "q1", "a1")
    assert await stores.turns.askers(ID, "unknown") == frozenset()
    assert await stores.turns.askers(ID, "") == frozenset()
    await stores.say("2", "q2", author="U2")
    assert await stores.turns.askers(ID, "unknown") == frozenset()
    assert await stores.turns.askers(SessionId("another"), first) == frozenset()
    await stores.say("3", "clear session", command=True)
    await stores.clear("3")
    assert await stores.turns.askers(ID, first) == frozenset()
    assert await stores.turns.askers(ID, "") == frozenset()


async def test_a_turn_that_is_taken_up_again_keeps_its_askers(stores: Talk) -> None:
    first = await stores.answered("1", "q1", author="U1")
    await stores.answered("2", "q2", "a2", author="U2")
    await stores.interaction(first)
    assert await stores.turns.askers(ID, "") == {"U1"}
    again = await stores.claimed()
    await stores.say("3", "q3", author="U3")
    assert await stores.turns.askers(ID, again.turn) == {"U1"}
    assert await stores.turns.askers(ID, "") == {"U1", "U3"}
    await stores.turns.finish(again, answer("a1"))
    assert await stores.turns.askers(ID, first) == {"U1"}
    assert await stores.turns.askers(ID, "") == {"U3"}


async def test_who_asked_later_is_no_asker_of_a_turn_under_way(stores: Talk) -> None:
    await stores.say("1", author="U1")
    lease = await stores.claimed()
    await stores.say("2", author="U2")
    assert await stores.turns.askers(ID, lease.turn, upto=lease.upto) == {"U1"}
    assert await stores.turns.askers(ID, "") == {"U1", "U2"}
