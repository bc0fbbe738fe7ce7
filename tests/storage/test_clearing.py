"""Clearing a session ends what answers something that was said before, and leaves alone what was asked later."""

import asyncio

from chathakase.core.leases import LEASE_MS
from chathakase.core.memory import TitleBy
from chathakase.core.types import Lease, Renewal
from chathakase.storage.stores.forget_store import AT_ONCE
from tests.places import HOME
from tests.storage.database_stores import FAILED, ID, DatabaseStores, answer

CLEAR = "clear session"


async def test_done_once_more_it_ends_nothing(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", CLEAR, command=True)
    assert await stores.clear("2") == 2
    await stores.say("3", "q3")
    lease = await stores.claimed()
    await stores.say("4", "q4")
    assert await stores.turns.claim(ID, before="2") is None
    assert not await stores.turns.want_stop(ID, before="2")
    assert await stores.clear("2") == 0
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    assert await stores.turns.finish(lease, answer("a3"))
    assert await stores.texts(await stores.claimed()) == ["q3", "a3", "q4"]


async def test_done_once_more_it_leaves_alone_what_was_released(stores: DatabaseStores) -> None:
    await stores.say("1", CLEAR, command=True)
    await stores.clear("1")
    await stores.say("2", "q2")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["2.5"])
    await stores.turns.release(lease)
    assert await stores.turns.claim(ID, before="1") is None
    assert await stores.clear("1") == 0
    again = await stores.claimed()
    assert (again.turn, again.refs) == (lease.turn, ("2.5",))


async def test_done_once_more_it_leaves_alone_what_is_taken_up_again(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", CLEAR, command=True)
    await stores.clear("2")
    later = await stores.answered("3", "q3")
    await stores.interaction(later)
    lease = await stores.claimed()
    assert not await stores.turns.want_stop(ID, before="2")
    assert await stores.clear("2") == 0
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    assert await stores.turns.finish(lease, answer("a3"))
    assert await stores.texts() == ["q3", "a3"]


async def test_no_turn_begins_that_would_remember_what_is_to_be_forgotten(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", CLEAR, command=True)
    await stores.say("3", "q3")
    assert await stores.turns.claim(ID) is None
    await stores.clear("2")
    assert await stores.texts(await stores.claimed()) == ["q3"]


async def test_the_answer_of_a_dead_process_is_ended_without_what_was_asked_later(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    dead = await stores.claimed()
    await stores.say("2", CLEAR, command=True)
    await stores.say("3", "q3")
    assert await stores.turns.claim(ID, before="2") is None
    assert await stores.turns.want_stop(ID, before="2")
    stores.clock.now += LEASE_MS + 1
    ended = await stores.turns.claim(ID, before="2")
    assert ended is not None
    assert ended.turn == dead.turn
    assert await stores.turns.finish(ended, FAILED)
    assert await stores.turns.claim(ID, before="2") is None
    assert await stores.clear("2") == 1
    assert await stores.texts(await stores.claimed()) == ["q3"]


async def test_a_turn_that_was_never_begun_is_none_to_end(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    await stores.say("2", CLEAR, command=True)
    assert await stores.turns.claim(ID, before="2") is None
    assert not await stores.turns.want_stop(ID, before="2")
    assert await stores.clear("2") == 1
    assert await stores.turns.waiting([HOME]) == []


async def test_what_was_asked_later_is_answered_though_its_turn_answers_something_forgotten_as_well(
    stores: DatabaseStores,
) -> None:
    lease = await _turn_on_both_sides(stores)
    assert await stores.turns.want_stop(ID, before="2")
    assert await stores.clear("2") == 1
    assert await stores.turns.renew([lease]) == [Renewal.LOST]
    assert await stores.turns.was_cleared(lease)
    afresh = await stores.claimed()
    assert (afresh.resumed, await stores.texts(afresh)) == (False, ["q3"])


async def test_what_was_asked_later_is_answered_though_it_came_before_the_command(stores: DatabaseStores) -> None:
    await _turn_on_both_sides(stores)
    stores.clock.now += LEASE_MS + 1
    ended = await stores.turns.claim(ID, before="2")
    assert ended is not None
    assert await stores.turns.finish(ended, FAILED)
    assert await stores.clear("2") == 1
    assert await stores.texts(await stores.claimed()) == ["q3"]


async def _turn_on_both_sides(stores: DatabaseStores) -> Lease:
    """The turn of a question before the command and one after it, of which the command came last."""
    await stores.say("1", "q1")
    await stores.say("3", "q3")
    lease = await stores.claimed()
    await stores.say("2", CLEAR, command=True)
    return lease


async def test_a_long_session_is_forgotten_in_portions_and_cut_short_it_can_be_done_again(
    stores: DatabaseStores,
) -> None:
    many = 3 * AT_ONCE
    for number in range(many):
        await stores.say(f"1.{number:06d}", f"question {number}", asks=False)
    await stores.say("2", CLEAR, command=True)
    clearing = asyncio.create_task(stores.clear("2"))
    async with stores.after_the_first_portion():
        clearing.cancel()
        await asyncio.wait((clearing,))
    left = await stores.texts()
    assert len(left) == many - AT_ONCE
    assert left == [f"question {number}" for number in range(len(left))]
    assert await stores.title() == ("question 0", "rule")
    assert await stores.clear("2") == len(left)
    assert await stores.texts() == []


async def test_what_was_pressed_and_is_no_message_clears_what_was_said_before_that_time(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    lease = await stores.claimed()
    await stores.say("4", "q4")
    pressed, at = "a press", 3_000_000
    assert await stores.turns.want_stop(ID, before=pressed, said=at)
    stores.clock.now += LEASE_MS + 1
    ended = await stores.turns.claim(ID, before=pressed, asked_before=at)
    assert ended is not None
    assert ended.turn == lease.turn
    assert await stores.turns.finish(ended, FAILED)
    assert await stores.forgetting.clear(ID, before=pressed, said=at) == 3
    assert await stores.turns.claim(ID, before=pressed, asked_before=at) is None
    assert not await stores.turns.want_stop(ID, before=pressed, said=at)
    assert await stores.texts(await stores.claimed()) == ["q4"]
    assert await stores.forgetting.clear(ID, before=pressed) == 0, "nobody knows when that was"


async def test_a_title_goes_with_what_was_said_before_a_press(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.titles.set_title(ID, "Kyoto", by=TitleBy.PERSON)
    await stores.forgetting.clear(ID, before="a press", said=2_000_000)
    assert (await stores.title())[0] != "Kyoto"
