"""Who talks to whom in a session: what is said to nobody in particular between people asks for no answer."""

from dataclasses import replace

import pytest

from chathakase.core.memory import Scope
from chathakase.core.types import Appended, Outcome, Result, SaidTo, TurnAction
from tests.storage.database_stores import HERE, ID, PLACE, Talk, change, said


async def test_talk_among_people_asks_nothing_until_the_bot_is_called(stores: Talk) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U2", opens=False)
    assert await stores.say("3", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS) is Appended.NEW
    assert await stores.say("4", author="U1", opens=False) is Appended.AMONG_PEOPLE
    assert await stores.sessions.is_among_people(said("5", author="U1"))
    assert await stores.turns.askers(ID, "") == {"U1", "U2"}
    lease = await stores.claimed()
    assert lease.upto == 4, "what is said among people is context of the answer"
    assert await stores.say("5", author="U2", opens=False, said_to=SaidTo.BOT) is Appended.NEW
    assert await stores.say("6", author="U1", opens=False) is Appended.NEW
    assert not await stores.sessions.is_among_people(said("7", author="U1"))


async def test_what_comes_late_stands_where_it_was_said(stores: Talk) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U2", opens=False)
    await stores.say("5", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
    assert await stores.say("4", author="U1", opens=False) is Appended.NEW
    assert await stores.say("6", author="U1", opens=False) is Appended.AMONG_PEOPLE


async def test_nobody_talks_among_people_alone(stores: Talk) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U1", opens=False, asks=False, said_to=SaidTo.OTHERS)
    assert await stores.say("3", author="U1", opens=False) is Appended.NEW
    assert await stores.say("4", author="U2", opens=False) is Appended.AMONG_PEOPLE


@pytest.mark.parametrize("way", ["deleted", "forgotten", "changed"])
async def test_what_is_not_said_any_more_no_longer_counts(stores: Talk, way: str) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U2", opens=False)
    await stores.say("3", author="U2", opens=False, asks=False, said_to=SaidTo.OTHERS)
    if way == "deleted":
        await stores.changes.change(change("3"))
    elif way == "forgotten":
        await stores.forgetting.forget(Scope.ONE, author="U2", session=HERE, before="3")
    else:
        await stores.changes.change(change("3", "it is booked", author="U2", opens=False))
    assert await stores.say("4", author="U1", opens=False) is Appended.NEW


async def behind_somebody(stores: Talk, ref: str = "9", author: str = "U1") -> bool:
    return await stores.sessions.is_behind_somebody(said(ref, author=author))


async def test_a_message_stands_behind_what_was_said_last(stores: Talk) -> None:
    assert not await behind_somebody(stores), "there is nothing"
    await stores.say("1", author="U1")
    assert not await behind_somebody(stores), "that was the author"
    assert await behind_somebody(stores, author="U2")
    await stores.say("3", author="U2", opens=False, asks=False)
    assert await behind_somebody(stores)
    assert not await behind_somebody(stores, ref="2")
    await stores.say("4", author="B1", name="CI", opens=False, asks=False)
    assert not await behind_somebody(stores), "that is no person"
    await stores.changes.change(change("4"))
    assert await behind_somebody(stores)
    await stores.say("5", "help", author="U2", command=True)
    assert not await behind_somebody(stores), "that was said to the bot"


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.FAILED])
async def test_an_answer_stands_behind_all_that_it_answers(stores: Talk, outcome: Outcome) -> None:
    await stores.say("1", author="U1")
    await stores.say("2", author="U2", opens=False)
    lease = await stores.claimed()
    assert await behind_somebody(stores), "nothing of it is to be seen yet"
    assert not await stores.sessions.is_behind_somebody(said("9"), answered=lease.upto)
    assert await stores.sessions.is_behind_somebody(said("9"), answered=lease.upto - 1)
    await stores.turns.note_reply(lease, ["r1"])
    assert not await behind_somebody(stores)
    stores.clock.now += 1
    await stores.say("3", author="U2", opens=False)
    assert await behind_somebody(stores)
    await stores.turns.finish(lease, Result(outcome, "a trip" if outcome is Outcome.ANSWERED else ""))
    assert await behind_somebody(stores)
    await stores.turns.finish(await stores.claimed(), Result(Outcome.FAILED))
    assert not await behind_somebody(stores)


async def test_an_answer_that_is_written_again_stands_where_it_stood(stores: Talk) -> None:
    turn = await stores.answered("1", "plan a trip", "a trip")
    await stores.say("2", author="U2", opens=False, asks=False)
    await stores.interaction(turn, TurnAction.RETRY)
    await stores.claimed()
    assert await behind_somebody(stores)


async def test_a_hint_is_given_once_by_one(stores: Talk) -> None:
    assert await stores.hints.tell("U1", PLACE, "hint", teller="a")
    assert await stores.hints.tell("U1", PLACE, "hint", teller="a"), "what is tried again tells it again"
    assert not await stores.hints.tell("U1", PLACE, "hint", teller="b")
    assert await stores.hints.tell("U2", PLACE, "hint", teller="b")
    assert await stores.hints.tell("U1", PLACE, "other", teller="b")
    assert await stores.hints.tell("U1", replace(PLACE, workspace="T2"), "hint", teller="b"), "that is somebody else"
    assert await stores.hints.tell("U1", replace(PLACE, surface="line"), "hint", teller="b")


async def test_who_has_replied_in_a_thread_is_known(stores: Talk) -> None:
    await stores.say("1.000001", author="U1")
    assert not await stores.hints.has_replied("U1", PLACE)
    await stores.say("2", author="U1")
    assert await stores.hints.has_replied("U1", PLACE)
    assert not await stores.hints.has_replied("U1", PLACE.beside("C9"))
    assert not await stores.hints.has_replied("U2", PLACE)
    assert not await stores.hints.has_replied("U1", replace(PLACE, workspace="T2"))
