"""Errands are kept until they are done, and done once."""

from dataclasses import replace

import pytest

from chathakase.core.errands import Command, Errand, Press
from chathakase.core.leases import LEASE_MS
from chathakase.core.ports import ErrandStore
from chathakase.core.types import Wish
from tests.storage.stores import ID, PLACE, Talk

HELP = Errand(Command(PLACE, "2", "U1", "help"))
PRESSED = Errand(Press(PLACE, "3.1", "U2", Wish.RETRY, "ab12", 2))


@pytest.fixture
def errands(stores: Talk) -> ErrandStore:
    return stores.errands


@pytest.mark.parametrize("errand", [HELP, PRESSED])
async def test_what_nobody_holds_is_taken_up_as_it_was(errand: Errand, errands: ErrandStore, stores: Talk) -> None:
    assert await errands.promise(errand)
    assert await errands.claim([PLACE.home]) == []
    stores.clock.now += LEASE_MS + 1
    assert await errands.claim([PLACE.home]) == [replace(errand, attempt=2)]
    assert await errands.claim([PLACE.home]) == []


async def test_what_comes_again_is_no_second_errand(errands: ErrandStore, stores: Talk) -> None:
    assert await errands.promise(PRESSED)
    assert not await errands.promise(PRESSED)
    await errands.done(PRESSED)
    assert not await errands.promise(PRESSED)
    stores.clock.now += LEASE_MS + 1
    assert await errands.claim([PLACE.home]) == []


async def test_what_is_to_be_done_in_another_workspace_is_left_to_whoever_is_there(
    errands: ErrandStore, stores: Talk
) -> None:
    there = Errand(replace(HELP.task, place=replace(PLACE, workspace="T2")))
    for errand in (HELP, there):
        assert await errands.promise(errand)
    stores.clock.now += LEASE_MS + 1
    assert await errands.claim([]) == []
    assert await errands.claim([PLACE.home]) == [replace(HELP, attempt=2)]
    assert await errands.claim([PLACE.home, there.task.place.home]) == [replace(there, attempt=2)]


async def test_only_whoever_is_first_notes_that_it_is_done(errands: ErrandStore) -> None:
    await errands.promise(HELP)
    assert await errands.done(HELP)
    assert not await errands.done(HELP)


async def test_a_hold_is_renewed(errands: ErrandStore, stores: Talk) -> None:
    await errands.promise(HELP)
    stores.clock.now += LEASE_MS - 1
    await errands.hold(HELP)
    stores.clock.now += LEASE_MS - 1
    assert await errands.claim([PLACE.home]) == []


async def test_what_is_put_down_is_taken_up_at_once_and_counts_no_attempt(errands: ErrandStore, stores: Talk) -> None:
    await errands.promise(HELP)
    await errands.release(HELP)
    stores.clock.now += 1
    assert await errands.claim([PLACE.home]) == [HELP]


async def test_whoever_lost_an_errand_neither_holds_it_nor_puts_it_down(errands: ErrandStore, stores: Talk) -> None:
    await errands.promise(HELP)
    stores.clock.now += LEASE_MS + 1
    (taken,) = await errands.claim([PLACE.home])
    await errands.release(HELP)
    stores.clock.now += LEASE_MS - 1
    assert await errands.claim([PLACE.home]) == [], "somebody else is at it"
    await errands.hold(HELP)
    stores.clock.now += 2
    assert await errands.claim([PLACE.home]) == [replace(taken, attempt=3)]


async def test_a_command_and_its_errand_are_saved_together(errands: ErrandStore, stores: Talk) -> None:
    assert await stores.say("2", "help", command=True)
    assert not await stores.say("2", "help", command=True)
    assert await stores.turns.claim(ID) is None
    stores.clock.now += LEASE_MS + 1
    assert await errands.claim([PLACE.home]) == [replace(HELP, attempt=2, session=ID)]
