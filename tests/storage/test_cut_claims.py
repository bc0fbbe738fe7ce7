"""Whoever is cancelled while claiming something leaves it to whoever comes next, at once and as if nobody had."""

from dataclasses import replace
from itertools import count

import pytest

from chathakase.core.jobs import Command, Job
from chathakase.core.leases import LEASE_MS
from chathakase.engine.intake.message_saver import MessageSaver
from tests.storage.cuts import Manner, cut
from tests.storage.database_stores import ID, PLACE, DatabaseStores, said

HELP = Job(Command(PLACE, "2", "U1", "help"))
PEOPLE = [PLACE.workspace_key]


@pytest.mark.parametrize("manner", Manner)
async def test_a_turn_is_free_again_when_its_claim_is_cut_short(manner: Manner, stores: DatabaseStores) -> None:
    await stores.say("1")
    for step in count():
        task, waits = await cut(stores.turns.claim(ID), step, manner)
        if not task.cancelled():
            assert step > waits
            break
        assert [each.id for each in await stores.turns.waiting(PEOPLE)] == [ID]
        lease = await stores.claimed()
        assert lease.attempt == 1
        await stores.turns.release(lease)
    assert step > 1


@pytest.mark.parametrize("manner", Manner)
async def test_jobs_are_free_again_when_their_claim_is_cut_short(manner: Manner, stores: DatabaseStores) -> None:
    for ref in ("1", "2"):
        await stores.jobs.enqueue(replace(HELP, task=replace(HELP.task, ref=ref)))
    for step in count():
        stores.clock.now += LEASE_MS + 1
        task, waits = await cut(stores.jobs.claim(PEOPLE), step, manner)
        if not task.cancelled():
            assert step > waits
            break
        taken = await stores.jobs.claim(PEOPLE)
        assert [each.attempt for each in taken] == [2, 2]
        for each in taken:
            await stores.jobs.release(each)
    assert step > 2


@pytest.mark.parametrize("manner", Manner)
async def test_a_turn_is_free_again_when_the_question_it_is_claimed_with_is_cut_short(
    manner: Manner, stores: DatabaseStores
) -> None:
    saver = MessageSaver(stores.sessions)
    for step in count():
        task, waits = await cut(saver.save(said(str(step + 1)), claim=True), step, manner)
        if not task.cancelled():
            assert step > waits
            break
        assert await stores.database.fetch("SELECT 1 FROM sessions WHERE lease_owner IS NOT NULL") == []
    assert (await task).lease is not None
    assert step > 1
