"""Whatever a process holds is renewed together, in virtual time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from chathakase.core.types import Lease, Outcome, Renewal
from tests.doubles.engine_stage import PLACE, open_stage
from tests.doubles.scripted_model import Step

pytestmark = pytest.mark.virtual_time

LATE: tuple[Step, ...] = (7.0, "Yes.")
SLOW: tuple[Step, ...] = (0.5, "Well", 9.0, ", no.")
OTHER = replace(PLACE, thread="2")


async def test_all_leases_are_renewed_at_once_and_the_later_ones_the_sooner() -> None:
    async with open_stage(LATE, LATE, LATE) as stage:
        for number in range(3):
            await stage.say("1", place=replace(PLACE, thread=f"{number}"))
            await asyncio.sleep(0.5)
        await stage.quiet()
        assert stage.stores.trips.times("turns.renew") == [2.0, 4.0, 6.0, 8.0]
        assert [reply.final and reply.final.at for reply in stage.surface.replies] == [7.0, 7.5, 8.0]


async def test_only_the_turn_that_is_lost_ends() -> None:
    async with open_stage(SLOW, SLOW) as stage:
        await stage.say("1")
        await stage.say("2", place=OTHER)
        await asyncio.sleep(1)
        stage.lose_the_lease()
        await stage.quiet()
        lost, kept = stage.surface.replies
        assert (lost.final, lost.texts) == (None, ["Well"])
        assert kept.final is not None
        assert (kept.final.text, kept.final.outcome) == ("Well, no.", Outcome.ANSWERED)
        assert stage.remembered(OTHER) == ["q2", "Well, no."]


async def test_an_error_of_ours_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    async with open_stage(LATE) as stage:
        renew, asked = stage.stores.turns.renew, count(1)

        async def fails_at_first(leases: Sequence[Lease]) -> list[Renewal]:
            if next(asked) == 1:
                raise ValueError
            return await renew(leases)

        stage.stores.turns.renew = fails_at_first  # type: ignore[method-assign]
        reply = await stage.answered("1")
        assert stage.stores.trips.times("turns.renew") == [4.0, 6.0]
        assert (reply.final and reply.final.at) == 7.0
        assert "Leases could not be renewed: ValueError" in caplog.text


async def test_all_jobs_are_held_at_once() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        stage.surface.delay = 5.0
        for number in range(2, 5):
            await stage.say(f"{number}", "help", author=f"U{number}")
        await stage.quiet()
        assert stage.stores.trips.times("jobs.hold") == [2.0, 4.0]
        await asyncio.sleep(60)
        assert stage.stores.trips.times("jobs.hold") == [2.0, 4.0]
        assert stage.stores.trips.times("turns.renew") == []


async def test_a_job_is_held_however_badly_the_leases_fare() -> None:
    async with open_stage() as stage:
        stage.surface.delay = 5.0
        stage.stores.trips.refuse("turns.renew", times=9)
        await stage.say("1")
        await stage.say("2", "help")
        await asyncio.sleep(3)
        assert stage.stores.trips.times("jobs.hold") == [2.0]
