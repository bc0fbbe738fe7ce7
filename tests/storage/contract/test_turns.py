"""One turn of a session at a time, held by whoever claimed it last."""

import asyncio
from dataclasses import replace

from chathakase.core.leases import LEASE_MS
from chathakase.core.types import Answered, Appended, Outcome, Renewal, Result, TurnAction, TurnEnd, Usage
from tests.places import HOME, slack_place
from tests.storage.database_stores import HERE, ID, PLACE, Talk, answer, change, said


async def test_a_turn_is_claimed_once(stores: Talk) -> None:
    await stores.say("1")
    claims = await asyncio.gather(*(stores.turns.claim(ID) for _ in range(20)))
    assert sum(lease is not None for lease in claims) == 1


async def test_a_turn_is_claimed_with_its_question(stores: Talk) -> None:
    saved = await stores.sessions.append(said("1"), claim=True)
    assert (saved.appended, saved.lease is not None and saved.lease.of) == (Appended.NEW, HERE)
    assert await stores.turns.claim(ID) is None, "somebody holds it"
    assert saved.lease is not None
    assert await stores.turns.renew([saved.lease]) == [Renewal.HELD]
    assert (saved.lease.by, saved.lease.upto, saved.lease.attempt) == ("U1", 1, 1)
    assert await stores.turns.finish(saved.lease, answer("a1")) is TurnEnd.AT_REST
    assert await stores.texts() == ["hello", "a1"]


async def test_no_turn_is_claimed_with_what_asks_for_none_or_must_wait(stores: Talk) -> None:
    held = (await stores.sessions.append(said("1"), claim=True)).lease
    assert held is not None
    second = await stores.sessions.append(said("2"), claim=True)
    assert (second.appended, second.lease) == (Appended.NEW, None), "one turn at a time"
    assert (await stores.sessions.append(said("2"), claim=True)).lease is None, "it was had already"
    assert await stores.turns.finish(held, answer("a1")) is TurnEnd.MORE_WAITS
    await stores.turns.finish(await stores.claimed(), answer("a2"))
    assert (await stores.sessions.append(said("3", asks=False), claim=True)).lease is None
    assert await stores.turns.claim(ID) is None


async def test_a_question_is_claimed_with_what_waited_before_it(stores: Talk) -> None:
    await stores.say("1", author="U1")
    lease = (await stores.sessions.append(said("2", author="U2"), claim=True)).lease
    assert lease is not None
    assert (lease.by, lease.since, lease.upto) == ("U1", 0, 2)


async def test_context_waits_for_no_answer(stores: Talk) -> None:
    await stores.say("1")
    await stores.turns.finish(await stores.claimed(), answer("a"))
    await stores.say("2", asks=False)
    assert await stores.turns.claim(ID) is None
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_a_failed_turn_keeps_the_question_and_asks_no_more(stores: Talk) -> None:
    await stores.say("1", "the question")
    await stores.turns.finish(await stores.claimed(), Result(Outcome.FAILED, error="timeout"))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.texts() == ["the question"]


async def test_several_leases_are_renewed_at_once(stores: Talk) -> None:
    for channel in ("C1", "C2", "C3"):
        await stores.say("1", place=slack_place(channel, "1.000001"))
    held = [await stores.claimed_at(slack_place(channel, "1.000001")) for channel in ("C1", "C2", "C3")]
    await stores.turns.want_stop(held[1].session)
    lost = replace(held[0], owner="somebody else")
    stores.clock.now += LEASE_MS - 1
    renewals = await stores.turns.renew([held[2], lost, held[1]])
    assert renewals == [Renewal.HELD, Renewal.LOST, Renewal.STOP]
    stores.clock.now += 2
    assert [each.id for each in await stores.turns.waiting([PLACE.workspace_key])] == [held[0].session]
    assert await stores.turns.renew([]) == []


async def test_the_end_of_a_turn_tells_whether_another_one_waits(stores: Talk) -> None:
    await stores.say("1")
    lease = await stores.claimed()
    await stores.say("2")
    assert await stores.turns.finish(replace(lease, owner="somebody else"), answer("late")) is TurnEnd.LOST
    assert await stores.turns.finish(lease, answer("a1")) is TurnEnd.MORE_WAITS
    second = await stores.claimed()
    await stores.say("3", asks=False)
    assert await stores.turns.finish(second, answer("a2")) is TurnEnd.AT_REST
    assert await stores.turns.finish(second, answer("a2")) is TurnEnd.LOST


async def test_a_turn_that_is_requested_again_waits_behind_another(stores: Talk) -> None:
    turn = await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    second = await stores.claimed()
    assert await stores.interaction(turn)
    assert await stores.turns.finish(second, answer("a2")) is TurnEnd.MORE_WAITS
    again = await stores.claimed()
    assert (again.turn, again.run) == (turn, 2)
    assert await stores.turns.finish(again, answer("a1, better")) is TurnEnd.AT_REST


async def test_an_answer_stands_after_what_it_answered(stores: Talk) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.say("2", "q2")
    await stores.say("3", "q3")
    await stores.turns.finish(lease, answer("a1"))
    assert await stores.texts() == ["q1", "a1", "q2", "q3"]
    second = await stores.claimed()
    assert await stores.texts(second) == ["q1", "a1", "q2", "q3"]
    assert await stores.texts(second, limit=2) == ["q2", "q3"]


async def test_a_lease_is_renewed_lost_and_taken_over(stores: Talk) -> None:
    await stores.say("1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5", "1.6"])
    stores.clock.now += LEASE_MS - 1
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    stores.clock.now += LEASE_MS - 1
    assert await stores.turns.claim(ID) is None
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    stores.clock.now += 2
    assert await stores.turns.waiting([PLACE.workspace_key]) == [HERE]
    second = await stores.claimed()
    assert (second.attempt, second.refs, second.turn) == (2, ("1.5", "1.6"), lease.owner)
    assert await stores.turns.renew([lease]) == [Renewal.LOST]
    assert not await stores.turns.finish(lease, answer("late"))
    assert await stores.turns.finish(second, answer("in time"))
    assert await stores.texts() == ["hello", "in time"]


async def test_a_turn_that_is_paused_is_taken_up_with_its_messages(stores: Talk) -> None:
    await stores.say("1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.turns.release(lease)
    again = await stores.claimed()
    assert (again.attempt, again.refs, again.turn) == (1, ("1.5",), lease.owner)


async def test_what_was_answered_before_a_late_clearing_is_not_answered_again(stores: Talk) -> None:
    await stores.say("1", "before")
    await stores.answered("3", "after", "the answer")
    await stores.say("2", "clear session", command=True)
    await stores.clear("2")
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.turns.claim(ID) is None


async def test_a_lost_turn_was_cleared_or_is_somebody_elses(stores: Talk) -> None:
    await stores.say("1")
    first = await stores.claimed()
    assert not await stores.turns.was_cleared(first)
    stores.clock.now += LEASE_MS + 1
    second = await stores.claimed()
    assert not await stores.turns.was_cleared(first)
    await stores.turns.finish(second, answer("a"))
    assert not await stores.turns.was_cleared(first)
    await stores.say("2")
    third = await stores.claimed()
    await stores.say("3", "clear session", command=True)
    await stores.clear("3")
    assert await stores.turns.was_cleared(third)
    await stores.say("4")
    await stores.claimed()
    assert await stores.turns.was_cleared(third)


async def test_the_newest_count_of_tokens_is_learned_from_last(stores: Talk) -> None:
    for number in range(1, 4):
        await stores.say(str(number))
        stores.clock.now += 1_000
        result = Result(Outcome.ANSWERED, "a", model="m", usage=Usage(100 + number, 5), estimate=100)
        assert await stores.turns.finish(await stores.claimed(), result)
    assert await stores.turns.calibration() == [("m", 100, 101), ("m", 100, 102), ("m", 100, 103)]


async def test_what_was_asked_before_a_time_is_taken_without_what_was_asked_later(stores: Talk) -> None:
    await stores.say("1", author="U1")
    await stores.say("3", author="U3")
    assert await stores.turns.askers(ID, "", before=1_000_000) == frozenset()
    assert await stores.turns.askers(ID, "", before=2_000_000) == {"U1"}
    assert await stores.turns.claim(ID, to_end=True, asked_before=1_000_000) is None
    lease = await stores.turns.claim(ID, to_end=True, asked_before=2_000_000)
    assert lease is not None
    assert await stores.turns.askers(ID, lease.turn, before=2_000_000) == {"U1"}
    assert await stores.turns.finish(lease, answer("a1")) is TurnEnd.MORE_WAITS
    assert await stores.turns.claim(ID, to_end=True, asked_before=2_000_000) is None
    await stores.turns.finish(await stores.claimed(), answer("a3"))
    await stores.interaction(lease.turn)
    requested = await stores.turns.claim(ID, to_end=True, asked_before=2_000_000)
    assert requested is not None
    assert (requested.turn, requested.upto) == (lease.turn, lease.upto)


async def test_whoever_wants_a_turn_stopped_is_heard_at_its_next_renewal(stores: Talk) -> None:
    assert not await stores.turns.want_stop(ID)
    await stores.say("1")
    assert not await stores.turns.want_stop(ID), "nobody has begun it"
    lease = await stores.claimed()
    assert not await stores.turns.want_stop(ID, "another")
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    assert await stores.turns.want_stop(ID, lease.turn)
    assert await stores.turns.renew([lease]) == [Renewal.STOP]
    await stores.turns.finish(lease, answer("a1"))
    await stores.say("2")
    assert await stores.turns.renew([await stores.claimed()]) == [Renewal.HELD]


async def test_a_turn_that_ended_is_taken_up_again_once_for_each_time_that_it_was_run(stores: Talk) -> None:
    turn = await stores.answered("1", "q1")
    assert not await stores.interaction("unknown")
    assert await stores.interaction(turn)
    assert not await stores.interaction(turn)
    assert await stores.turns.waiting([HOME]) == [HERE]
    lease = await stores.claimed()
    assert (lease.turn, lease.run, lease.action, lease.attempt) == (turn, 2, TurnAction.RETRY, 1)
    assert await stores.turns.finish(lease, answer("a1"))
    assert not await stores.interaction(turn)
    assert await stores.interaction(turn, TurnAction.CONTINUE, run=2)
    again = await stores.claimed()
    assert (again.run, again.action) == (3, TurnAction.CONTINUE)
    assert await stores.turns.finish(again, answer("a1, and more"))
    assert await stores.texts() == ["q1", "a1, and more"]


async def test_a_turn_covers_what_came_until_it_was_claimed_and_nothing_that_was_answered(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1", author="U1")
    await stores.say("2", "by the way", author="U2", asks=False)
    await stores.say("3", "q3", author="U3")
    await stores.say("4", "q4", author="U4")
    lease = await stores.claimed()
    assert (lease.since, lease.upto, lease.by, lease.run, lease.action, lease.resumed) == (1, 5, "U3", 1, None, False)
    await stores.say("5", "q5")
    assert await stores.turns.finish(lease, answer("a3 a4"))
    assert (await stores.claimed()).since == 5


async def test_who_asks_next_is_who_asked_first_of_what_waits(stores: Talk) -> None:
    assert await stores.turns.next_asker(ID) is None
    failed = await stores.answered("1", "q1", author="U1")
    assert await stores.turns.next_asker(ID) is None
    await stores.say("2", "q2", author="U2")
    await stores.say("3", "q3", author="U3")
    assert await stores.turns.next_asker(ID) == "U2"
    await stores.interaction(failed)
    assert await stores.turns.next_asker(ID) == "U1", "what is taken up again comes first"
    await stores.claimed()
    assert await stores.turns.next_asker(ID) is None, "somebody holds it"


async def test_whoever_waits_can_be_declined_and_nobody_else_then_waits_less(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    assert not await stores.turns.decline(ID, "U1"), "nothing waits"
    await stores.say("2", "q2")
    await stores.say("3", "q3", author="U2", opens=False)
    await stores.say("4", "q4", opens=False)
    assert not await stores.turns.decline(ID, "U2"), "somebody else asked first"
    assert await stores.turns.decline(ID, "U1")
    assert await stores.turns.next_asker(ID) == "U2"
    lease = await stores.claimed()
    assert (lease.by, lease.attempt) == ("U2", 1)
    assert await stores.turns.askers(ID, lease.turn) == {"U2"}
    assert await stores.texts(lease) == ["q1", "a1", "q2", "q3", "q4"]
    assert not await stores.turns.decline(ID, "U2"), "somebody holds it"
    await stores.turns.finish(lease, answer("a"))
    assert await stores.turns.waiting([PLACE.workspace_key]) == []


async def test_neither_an_answer_that_has_begun_nor_one_to_a_workflow_is_declined(stores: Talk) -> None:
    await stores.say("1", "q1")
    await stores.turns.note_reply(lease := await stores.claimed(), ["9.1"])
    await stores.turns.release(lease)
    assert not await stores.turns.decline(ID, "U1")
    lease = await stores.claimed()
    assert (lease.refs, lease.attempt) == (("9.1",), 1)
    await stores.turns.finish(lease, answer("a"))
    await stores.say("2", "q2", author="B1", name="a workflow")
    assert not await stores.turns.decline(ID, "B1")
    assert await stores.turns.next_asker(ID) == "B1"


async def test_a_session_is_busy_while_something_waits_or_is_answered(stores: Talk) -> None:
    assert not await stores.turns.is_busy(ID)
    await stores.say("1")
    assert await stores.turns.is_busy(ID)
    lease = await stores.claimed()
    assert await stores.turns.is_busy(ID)
    await stores.turns.finish(lease, answer("a1"))
    assert not await stores.turns.is_busy(ID)


async def test_only_sessions_of_the_workspaces_that_are_asked_for_wait(stores: Talk) -> None:
    await stores.say("1")
    there = slack_place("C1", "2.000001", team="T2")
    await stores.say("2", place=there)
    assert await stores.turns.waiting([]) == []
    assert await stores.turns.waiting([HOME]) == [HERE]
    assert {each.place for each in await stores.turns.waiting([HOME, there.workspace_key])} == {PLACE, there}


async def test_the_newest_turn_tells_where_it_stands_and_whether_anybody_spoke_since(stores: Talk) -> None:
    assert await stores.turns.newest(ID) is None
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5", "1.6"])
    await stores.turns.finish(lease, answer("a1"))
    assert await stores.turns.newest(ID) == Answered(lease.turn, 1, "1.5", is_last=True)
    assert await stores.turns.answer_to(ID, "1") == (lease.turn, 1)
    await stores.say("2", "help", command=True)
    assert await stores.turns.newest(ID) == Answered(lease.turn, 1, "1.5", is_last=False)
    assert await stores.turns.newest(ID, but="2") == Answered(lease.turn, 1, "1.5", is_last=True)
    assert await stores.turns.answer_to(ID, "2") is None
    await stores.changes.change(change("1"))
    assert await stores.turns.newest(ID) is None
    assert await stores.turns.answer_to(ID, "1") is None


async def test_an_answer_without_a_word_is_not_remembered_and_takes_an_earlier_one_with_it(stores: Talk) -> None:
    turn = await stores.answered("1", "q1", "a1, cut")
    await stores.interaction(turn)
    await stores.turns.finish(await stores.claimed(), Result(Outcome.FAILED, error="timeout"))
    assert await stores.texts() == ["q1"]


async def test_nothing_is_begun_that_would_remember_what_is_to_be_forgotten(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "clear session", command=True)
    await stores.say("3", "q3")
    assert await stores.turns.claim(ID) is None
    await stores.clear("2")
    assert await stores.texts(await stores.claimed()) == ["q3"]


async def test_whoever_lost_a_turn_and_lives_is_no_death(stores: Talk) -> None:
    await stores.say("1")
    stalled = await stores.claimed()
    for _ in range(9):
        stores.clock.now += LEASE_MS + 1
        lease = await stores.claimed()
        assert lease.attempt == 2
        await stores.turns.survived(stalled)
        stalled = lease
