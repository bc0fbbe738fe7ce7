"""Errands go in time, and with their sessions."""

from collections.abc import Callable

from chathakase.core.errands import Command, Errand, Press
from chathakase.core.types import ExpiryMode, Wish
from chathakase.storage.stores.errands import KEPT_MS
from tests.storage.stores import PLACE, TIMEOUT, Stores

HELP = Errand(Command(PLACE, "2", "U1", "help"))
PRESSED = Errand(Press(PLACE, "3.1", "U2", Wish.RETRY, "ab12", 2))


async def test_what_is_done_stays_done_since_then(stores: Stores) -> None:
    await stores.errands.promise(HELP)
    await stores.errands.done(HELP)
    done = await stores.database.fetch("SELECT * FROM errands")
    stores.clock.now += 1
    await stores.errands.done(HELP)
    await stores.errands.release(HELP)
    assert await stores.database.fetch("SELECT * FROM errands") == done


async def test_done_errands_are_forgotten_in_time(stores: Stores) -> None:
    await stores.errands.promise(HELP)
    await stores.errands.done(HELP)
    stores.clock.now += KEPT_MS + 1
    await stores.errands.promise(PRESSED)
    await stores.errands.done(PRESSED)
    assert await stores.database.fetch("SELECT id FROM errands") == [(PRESSED.id,)]


async def test_done_errands_are_forgotten_though_no_other_is_done(stores: Stores) -> None:
    await stores.errands.promise(HELP)
    await stores.errands.promise(PRESSED)
    await stores.errands.done(HELP)
    await stores.forgetting.prune(idle=TIMEOUT)
    assert await stores.count("errands") == 2
    stores.clock.now += KEPT_MS + 1
    await stores.forgetting.prune(idle=TIMEOUT)
    assert await stores.database.fetch("SELECT id FROM errands") == [(PRESSED.id,)]


async def test_errands_go_with_their_session(stores_with: Callable[[ExpiryMode], Stores]) -> None:
    deleting = stores_with(ExpiryMode.DELETE)
    await deleting.say("2", "help", command=True)
    deleting.clock.now += TIMEOUT + 1
    assert await deleting.forgetting.expire() == 1
    assert await deleting.count("errands") == 0


async def test_what_a_deleted_session_had_is_not_taken_for_new(stores_with: Callable[[ExpiryMode], Stores]) -> None:
    deleting = stores_with(ExpiryMode.DELETE)
    await deleting.answered("5", "q", "a")
    deleting.clock.now += TIMEOUT + 1
    assert await deleting.forgetting.expire() == 1
    assert not await deleting.say("5", "q")
    assert await deleting.say("6", "afresh")
    assert await deleting.texts() == ["afresh"]
