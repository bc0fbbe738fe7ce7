"""Turns that ended and are taken up again: a retry of an answer that failed, an answer that goes on."""

import asyncio
from collections.abc import Callable

import pytest

from chathakase.core.errors import StoreError
from chathakase.core.leases import LEASE_MS
from chathakase.core.types import ExpiryMode, Outcome, Renewal, Result, TurnAction, Usage
from tests.places import HOME, slack_place
from tests.storage.database_stores import FAILED, HERE, ID, TIMEOUT, DatabaseStores, answer


async def test_a_turn_is_taken_up_again_with_its_name_and_its_messages(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    first = await stores.claimed()
    assert (first.action, first.run) == (None, 1)
    await stores.turns.note_reply(first, ["1.5", "1.6"])
    await stores.turns.finish(first, FAILED)
    assert await stores.turns.claim(ID) is None
    assert await stores.interaction(first.turn)
    assert await stores.turns.waiting([HOME]) == [HERE]
    again = await stores.claimed()
    assert (again.turn, again.upto, again.refs) == (first.turn, first.upto, ("1.5", "1.6"))
    assert (again.action, again.run, again.attempt, again.resumed) == (TurnAction.RETRY, 2, 1, True)
    assert again.owner != first.owner
    assert await stores.turns.waiting([HOME]) == []
    assert await stores.turns.finish(again, answer("a1"))
    assert await stores.turns.waiting([HOME]) == []
    assert await stores.turns.claim(ID) is None
    assert await stores.texts() == ["q1", "a1"]


async def test_two_interactions_at_the_same_time_are_one(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "q1")
    assert sorted(await asyncio.gather(*(stores.interaction(turn) for _ in range(2)))) == [False, True]
    claims = await asyncio.gather(*(stores.turns.claim(ID) for _ in range(9)))
    assert sum(lease is not None for lease in claims) == 1


async def test_a_button_works_once_and_only_under_the_run_it_stood_under(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "q1")
    assert not await stores.interaction(turn, run=2)
    assert await stores.interaction(turn)
    again = await stores.claimed()
    assert not await stores.interaction(turn)
    assert not await stores.interaction(turn, run=2)
    await stores.turns.finish(again, FAILED)
    assert not await stores.interaction(turn)
    assert await stores.interaction(turn, run=2)
    assert (await stores.claimed()).run == 3


async def test_only_a_turn_of_the_place_that_ended_is_taken_up_again(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    assert not await stores.interaction(lease.turn)
    assert not await stores.interaction("")
    assert not await stores.interaction("unknown")
    await stores.turns.finish(lease, FAILED)
    assert not await stores.interaction(lease.turn, place=slack_place("C2", "1.000001"))
    with pytest.raises(StoreError):
        await stores.interaction(lease.turn, TurnAction.STOP)
    assert await stores.interaction(lease.turn)


async def test_an_older_turn_is_answered_again_in_its_place(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1, cut")
    await stores.answered("2", "q2", "a2")
    await stores.say("3", "q3")
    assert await stores.interaction(first, TurnAction.CONTINUE)
    again = await stores.claimed()
    assert (again.turn, again.action, again.upto) == (first, TurnAction.CONTINUE, 1)
    assert await stores.texts(again) == ["q1", "a1, cut"]
    stores.clock.now += 7
    assert await stores.turns.finish(again, answer("a1, whole"))
    assert await stores.texts() == ["q1", "a1, whole", "q2", "a2", "q3"]
    assert await stores.database.fetch("SELECT at FROM messages WHERE ref = $1", first) == [(stores.clock.now,)]
    newer = await stores.claimed()
    assert (newer.action, newer.run, newer.refs, newer.resumed) == (None, 1, (), False)
    await stores.turns.finish(newer, answer("a3"))
    assert await stores.texts() == ["q1", "a1, whole", "q2", "a2", "q3", "a3"]
    assert await stores.turns.claim(ID) is None


async def test_a_question_that_comes_while_a_turn_is_taken_up_again_is_answered(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1")
    await stores.answered("2", "q2", "a2")
    await stores.interaction(first)
    again = await stores.claimed()
    await stores.say("3", "q3")
    assert await stores.turns.claim(ID) is None
    await stores.turns.finish(again, answer("a1"))
    assert await stores.texts() == ["q1", "a1", "q2", "a2", "q3"]
    assert await stores.turns.waiting([HOME]) == [HERE]
    assert (await stores.claimed()).action is None


async def test_what_was_begun_goes_first_then_what_is_requested_the_oldest_first(stores: DatabaseStores) -> None:
    turns = [await stores.answered("1", "q1"), await stores.answered("2", "q2")]
    await stores.say("3", "q3")
    begun = await stores.claimed()
    await stores.turns.note_reply(begun, ["3.5"])
    await stores.say("4", "q4")
    for turn in reversed(turns):
        assert await stores.interaction(turn)
    assert await stores.turns.claim(ID) is None
    stores.clock.now += LEASE_MS + 1
    order = []
    while (lease := await stores.turns.claim(ID)) is not None:
        order.append((lease.turn, lease.action, lease.attempt, lease.refs))
        await stores.turns.finish(lease, FAILED)
    assert order[:3] == [
        (begun.turn, None, 2, ("3.5",)),
        (turns[0], TurnAction.RETRY, 1, ()),
        (turns[1], TurnAction.RETRY, 1, ()),
    ]
    assert len(order) == 3, "the turn that was begun answers q4 as well, once it is tried again"


async def test_after_a_crash_it_is_the_same_turn_with_the_same_action(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.answered("2", "q2", "a2")
    await stores.say("3", "q3")
    await stores.interaction(first, TurnAction.CONTINUE)
    lost = await stores.claimed()
    await stores.turns.note_reply(lost, ["1.5", "1.7"])
    stores.clock.now += LEASE_MS + 1
    assert await stores.turns.waiting([HOME]) == [HERE]
    again = await stores.claimed()
    assert (again.turn, again.upto, again.action, again.run) == (first, 1, TurnAction.CONTINUE, 2)
    assert (again.attempt, again.refs) == (2, ("1.5", "1.7"))
    assert await stores.turns.finish(again, answer("a1, whole"))
    assert await stores.texts() == ["q1", "a1, whole", "q2", "a2", "q3"]


async def test_a_lost_finish_changes_nothing(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.interaction(first)
    lost = await stores.claimed()
    stores.clock.now += LEASE_MS + 1
    again = await stores.claimed()
    before = await everything(stores)
    assert not await stores.turns.finish(lost, answer("late"))
    assert not await stores.turns.finish(lost, FAILED)
    assert await everything(stores) == before
    assert await stores.turns.finish(again, answer("in time"))


async def everything(stores: DatabaseStores) -> list[object]:
    return [await stores.database.fetch(f"SELECT * FROM {table}") for table in ("sessions", "messages", "turns")]


async def test_a_turn_that_is_paused_keeps_its_action(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1")
    await stores.interaction(first)
    await stores.turns.release(await stores.claimed())
    assert await stores.turns.waiting([HOME]) == [HERE]
    assert not await stores.interaction(first)
    again = await stores.claimed()
    assert (again.turn, again.action, again.run, again.attempt) == (first, TurnAction.RETRY, 2, 1)


async def test_the_record_of_a_turn_is_of_its_last_run(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1")
    record = "SELECT outcome, error, model, completion_tokens, reply_refs, attempts, run, action, ended_at FROM turns"
    ended = stores.clock.now
    assert await stores.database.fetch(record) == [("failed", "timeout", "", None, "[]", 1, 1, None, ended)]
    await stores.interaction(first)
    await stores.claimed()
    stores.clock.now += LEASE_MS + 1
    again = await stores.claimed()
    await stores.turns.note_reply(again, ["1.5"])
    await stores.turns.finish(again, Result(Outcome.STOPPED, "a", model="m-2", usage=Usage(7, 8)))
    assert await stores.database.fetch(record) == [
        ("stopped", "", "m-2", 8, '["1.5"]', 2, 2, None, stores.clock.now),
    ]


async def test_an_answer_without_words_leaves_no_old_one_behind(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.answered("2", "q2", "a2")
    await stores.interaction(first)
    await stores.turns.finish(await stores.claimed(), FAILED)
    assert await stores.texts() == ["q1", "q2", "a2"]
    await stores.interaction(first, run=2)
    await stores.turns.finish(await stores.claimed(), answer("a1, at last"))
    assert await stores.texts() == ["q1", "a1, at last", "q2", "a2"]


async def test_the_history_leaves_out_the_answer_that_is_written_again(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1")
    second = await stores.answered("2", "q2", "a2")
    assert await stores.interaction(second)
    again = await stores.claimed()
    assert await stores.texts(again) == ["q1", "a1", "q2"]
    assert await stores.texts(again, limit=2) == ["a1", "q2"]
    await stores.turns.finish(again, answer("a2"))
    assert await stores.interaction(first)
    assert await stores.texts(await stores.claimed()) == ["q1"]


async def test_clearing_takes_back_what_is_requested_of_forgotten_answers(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1")
    await stores.interaction(first)
    await stores.say("2", "clear session", command=True)
    await stores.clear("2")
    assert await stores.turns.waiting([HOME]) == []
    assert await stores.turns.claim(ID) is None
    assert not await stores.interaction(first)


async def test_clearing_ends_a_turn_that_was_taken_up_again(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1", "a1")
    await stores.interaction(first)
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.say("2", "clear session", command=True)
    await stores.clear("2")
    assert await stores.turns.renew([lease]) == [Renewal.LOST]
    assert not await stores.turns.finish(lease, answer("late"))
    assert await stores.texts() == []
    assert not await stores.interaction(first)
    assert not await stores.interaction(first, run=2)
    await stores.say("3", "afresh")
    fresh = await stores.claimed()
    assert (fresh.action, fresh.run, fresh.refs, fresh.resumed) == (None, 1, (), False)


async def test_what_is_requested_of_an_answer_after_the_command_survives_the_clearing(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    later = await stores.answered("3", "q3")
    await stores.interaction(later)
    await stores.say("2", "clear session", command=True)
    await stores.clear("2")
    again = await stores.claimed()
    assert (again.turn, again.action) == (later, TurnAction.RETRY)
    assert await stores.texts(again) == ["q3"]


async def test_a_question_is_forgotten_also_when_something_said_beside_it_is_not(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    await stores.say("3", "by the way", asks=False)
    lease = await stores.claimed()
    await stores.turns.finish(lease, FAILED)
    await stores.say("2", "clear session", command=True)
    await stores.clear("2")
    assert not await stores.interaction(lease.turn)


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_a_session_never_expires_while_a_turn_waits_to_be_taken_up_again(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    stores = stores_with(mode)
    first = await stores.answered("1", "q1")
    await stores.interaction(first)
    stores.clock.now += TIMEOUT * 2
    assert await stores.forgetting.expire() == 0
    await stores.say("2", "by the way", asks=False)
    assert await stores.texts() == ["q1", "by the way"]
    stores.clock.now += TIMEOUT * 2
    again = await stores.claimed()
    assert again.turn == first
    stores.clock.now += LEASE_MS + 1
    assert await stores.forgetting.expire() == 0
    assert await stores.turns.finish(again, answer("a1"))
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1


async def test_an_interaction_wakes_an_archived_session(stores: DatabaseStores) -> None:
    first = await stores.answered("1", "q1")
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    assert not await stores.interaction(first, run=2)
    assert (await stores.sessions.active(HERE.place, limit=9)).total == 0
    assert await stores.interaction(first)
    page = await stores.sessions.active(HERE.place, limit=9)
    assert page.total == 1
    assert page.sessions[0].active == stores.clock.now


async def test_a_session_is_busy_while_a_turn_waits_to_be_taken_up_again(stores: DatabaseStores) -> None:
    async def busy() -> bool:
        info = await stores.sessions.info(ID)
        assert info is not None
        return info.busy

    first = await stores.answered("1", "q1")
    assert not await busy()
    await stores.interaction(first)
    assert await busy()
    again = await stores.claimed()
    assert await busy()
    await stores.turns.finish(again, answer("a1"))
    assert not await busy()


async def test_the_newest_turn_that_ended_can_be_named(stores: DatabaseStores) -> None:
    assert await stores.turns.newest(ID) is None
    first = await stores.answered("1", "q1")
    assert await stores.newest() == (first, 1)
    await stores.say("2", "q2")
    lease = await stores.claimed()
    assert await stores.newest() == (first, 1)
    await stores.turns.finish(lease, FAILED)
    assert await stores.newest() == (lease.turn, 1)
    assert await stores.interaction(lease.turn)
    await stores.turns.finish(await stores.claimed(), answer("a2"))
    assert await stores.newest() == (lease.turn, 2)
    await stores.say("3", "clear session", command=True)
    await stores.forgetting.clear(ID, before="3")
    assert await stores.turns.newest(ID) is None
