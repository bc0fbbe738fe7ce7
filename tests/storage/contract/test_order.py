"""A conversation stands in the order in which it was said, whatever order its messages came in."""

import itertools

import pytest

from chathakase.core.types import TurnAction
from tests.places import HOME
from tests.storage.database_stores import ID, Talk, answer


@pytest.mark.parametrize("order", list(itertools.permutations("1234")))
async def test_messages_stand_in_the_order_in_which_they_were_said(order: tuple[str, ...], stores: Talk) -> None:
    for ref in order:
        await stores.say(ref, f"q{ref}", opens=True)
    assert await stores.texts(await stores.claimed()) == ["q1", "q2", "q3", "q4"]
    assert await stores.texts() == ["q1", "q2", "q3", "q4"]


async def test_what_comes_late_is_answered_last_and_remembered_in_its_place(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.answered("3", "q3", "a3")
    await stores.say("2", "q2")
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["q1", "a1", "q3", "a3", "q2"]
    assert await stores.texts(lease, limit=2) == ["a3", "q2"]
    await stores.turns.finish(lease, answer("a2"))
    assert await stores.texts() == ["q1", "a1", "q2", "a2", "q3", "a3"]


async def test_what_comes_while_a_later_question_is_answered_waits(stores: Talk) -> None:
    await stores.say("1", "q1")
    await stores.say("3", "q3")
    lease = await stores.claimed()
    await stores.say("2", "q2")
    assert await stores.texts(lease) == ["q1", "q3"]
    await stores.turns.finish(lease, answer("a1 a3"))
    late = await stores.claimed()
    assert await stores.texts(late) == ["q1", "q3", "a1 a3", "q2"]
    await stores.turns.finish(late, answer("a2"))
    assert await stores.texts() == ["q1", "q2", "a2", "q3", "a1 a3"]


async def test_a_late_answer_can_be_gone_on_with(stores: Talk) -> None:
    await stores.answered("2", "q2", "a2")
    late = await stores.answered("1", "q1", "a1, cut")
    await stores.say("3", "q3")
    assert await stores.interaction(late, TurnAction.CONTINUE)
    assert await stores.texts(await stores.claimed()) == ["q2", "a2", "q1", "a1, cut"]


async def test_clearing_forgets_what_was_said_before_and_nothing_else(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("4", "said after")
    await stores.say("2", "said before")
    await stores.say("3", "clear session", command=True)
    assert await stores.clear("3") == 3
    lease = await stores.claimed()
    assert await stores.texts(lease) == ["said after"]
    await stores.turns.finish(lease, answer("a4"))
    assert await stores.turns.claim(ID) is None
    assert await stores.texts() == ["said after", "a4"]


@pytest.mark.parametrize(("seconds", "claimed"), [(-3600, True), (-5, False), (0, False), (3600, True)])
async def test_a_lease_outlives_no_jump_of_the_clock(seconds: int, claimed: bool, stores: Talk) -> None:
    await stores.say("1")
    await stores.claimed()
    stores.clock.now += seconds * 1000
    assert bool(await stores.turns.waiting([HOME])) is claimed
    assert bool(await stores.turns.claim(ID)) is claimed


async def test_what_was_said_before_the_session_was_opened_is_context(stores: Talk) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.say("4", "talk among people", opens=False)
    assert await stores.turns.claim(ID) is None
    await stores.say("6", "q6", opens=False)
    assert await stores.texts(await stores.claimed()) == ["q5", "a5", "talk among people", "q6"]
    assert await stores.texts() == ["talk among people", "q5", "a5", "q6"]
