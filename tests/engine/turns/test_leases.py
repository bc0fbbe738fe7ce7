"""Nobody writes an answer but who holds its turn, and whoever loses it leaves no mark."""

import asyncio
from dataclasses import replace

import pytest

from chathakase.clock import monotonic
from chathakase.core.leases import RENEW_EVERY
from chathakase.core.types import (
    Lease,
    Outcome,
    SessionId,
    TurnAction,
)
from chathakase.engine.turns.verdict import (
    GAVE_UP,
    STOPPED,
    TAKEN_BACK,
    with_notice,
)
from tests.doubles.engine_stage import HOME, now, open_stage, said
from tests.doubles.stores import StoresInMemory
from tests.engine.turns.scripted_answers import SLOW, end

pytestmark = pytest.mark.virtual_time


async def test_the_lease_is_renewed_at_its_times_and_no_longer_than_the_turn_lasts() -> None:
    async with open_stage([7.0, "Yes."]) as stage:
        await stage.answered("1")
        await asyncio.sleep(60)
        assert stage.stores.trips.times("turns.renew") == [2.0, 4.0, 6.0]


async def test_whoever_loses_the_lease_stops_at_the_next_renewal_and_records_nothing() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        stage.lose_the_lease()
        await stage.quiet()
        assert monotonic() == RENEW_EVERY
        assert (stage.reply.final, stage.reply.texts, stage.model.cut) == (None, ["Well"], 1)
        assert not stage.reply.is_under_way
        assert stage.stores.trips.times("turns.finish") == []
        assert stage.remembered() == ["q1"]


async def test_whoever_loses_the_lease_at_the_very_end_records_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    async with open_stage(["Yes."]) as stage:
        stage.surface.delay = 1.0
        await stage.say("1")
        await asyncio.sleep(0.5)
        stage.lose_the_lease()
        await stage.quiet()
        assert stage.stores.trips.times("turns.finish") == [1.0]
        assert stage.remembered() == ["q1"]
        assert caplog.messages[-1].endswith("outcome=lost seconds=1.0")


async def test_a_turn_whose_end_is_saved_while_its_lease_is_renewed_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="chathakase.log_events")
    async with open_stage([1.0, "Yes."]) as stage:
        stage.stores.trips.last("turns.finish", 2.0)
        stage.stores.trips.last("turns.renew", 1.0)
        await stage.answered("1")
        assert stage.remembered() == ["q1", "Yes."]
        assert stage.stores.trips.times("turns.survived") == []
    assert ["outcome=" in each for each in caplog.messages].count(True) == 1


async def test_whoever_stood_still_and_lost_the_turn_takes_back_that_a_process_died_of_it() -> None:
    async with open_stage(SLOW) as stage:
        stage.stores.trips.refuse("turns.renew", times=9)
        await stage.say("1")
        await asyncio.sleep(7)
        taken = await stage.stores.turns.claim(stage.session)
        assert taken is not None
        assert taken.attempt == 2
        stage.stores.trips.bear("turns.renew")
        await stage.quiet()
        await stage.stores.turns.release(taken)
        again = await stage.stores.turns.claim(stage.session)
        assert again is not None
        assert again.attempt == 1


async def test_a_stop_that_was_wanted_while_nobody_held_the_turn_is_heard_at_once() -> None:
    stores = StoresInMemory(now)
    await stores.sessions.append(said("1"))
    (session,) = await stores.turns.waiting([HOME])
    assert await stores.turns.claim(session.id)
    await stores.turns.want_stop(session.id)
    await asyncio.sleep(60)
    async with open_stage(SLOW, stores=stores) as stage:
        await stage.quiet()
        assert stage.reply.final == end(60.0, STOPPED, Outcome.STOPPED)


async def test_an_answer_to_what_is_deleted_says_at_once_that_it_ends() -> None:
    async with open_stage(SLOW) as stage:
        await stage.say("1")
        await asyncio.sleep(1)
        await stage.edit("1", None)
        await stage.quiet()
        assert stage.reply.final == end(1.0, with_notice("Well", TAKEN_BACK), Outcome.STOPPED)
        assert stage.remembered() == []


async def test_one_renewal_that_fails_is_no_harm() -> None:
    async with open_stage([1.0, "Well", 4.0, ", no.", 1.0, "."]) as stage:
        stage.stores.trips.refuse("turns.renew")
        reply = await stage.answered("1")
        assert reply.shown == [(1.0, "Well"), (5.0, "Well, no.")]
        assert reply.final == end(6.0, "Well, no..")


async def test_nothing_is_shown_that_may_be_somebody_elses_by_now() -> None:
    """The lease was renewed last at its beginning, and is sure for five seconds."""
    async with open_stage([5.5, "Well", 9.0, ", no."]) as stage:
        stage.stores.trips.refuse("turns.renew", times=3)
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.renew")[:4] == [2.0, 4.0, 5.5, 7.5]
        assert reply.shown == [(7.5, "Well")]
        assert reply.final == end(14.5, "Well, no.")


async def test_a_renewal_is_good_for_a_while_and_no_longer() -> None:
    """The lease was renewed last after two seconds, and is sure until the seventh."""
    async with open_stage([6.5, "Well", 1.0, ", no", 9.0, "."]) as stage:
        await stage.say("1")
        await asyncio.sleep(3)
        stage.stores.trips.refuse("turns.renew", times=3)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew")[:5] == [2.0, 4.0, 6.0, 7.5, 9.5]
        assert stage.reply.shown == [(6.5, "Well"), (9.5, "Well, no")]


async def test_nothing_is_delivered_that_may_be_somebody_elses_by_now() -> None:
    async with open_stage([5.5, "Yes."]) as stage:
        stage.stores.trips.refuse("turns.renew", times=3)
        reply = await stage.answered("1")
        assert reply.final == end(7.5, "Yes.")


async def test_a_turn_that_processes_died_of_is_given_up() -> None:
    async with open_stage() as stage:
        claim = stage.stores.turns.claim

        async def blamed(session: SessionId) -> Lease | None:
            lease = await claim(session)
            return lease and replace(lease, blamed=True)

        stage.stores.turns.claim = blamed  # type: ignore[assignment, method-assign]
        await stage.stores.sessions.append(said("1"))
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert stage.reply.final == end(0.0, f"⚠️ {GAVE_UP}", Outcome.FAILED, TurnAction.RETRY)
        assert stage.model.prompts == []
