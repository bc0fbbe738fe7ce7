"""What happens to a session is logged once, when it is saved, and never with anybody's words."""

from collections.abc import Callable

import pytest

from chathakase.core.types import ExpiryMode
from tests.places import slack_place
from tests.storage.database_stores import ID, PLACE, TIMEOUT, DatabaseStores, answer, change

OTHER, ELSEWHERE = slack_place("C2", "1.000001"), slack_place("C3", "1.000001")
WHERE = f"session={ID} place={PLACE.surface}/{PLACE.workspace}/{PLACE.name}"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log was told since the last time."""
    caplog.set_level("INFO", logger="chathakase.log_events")

    def told() -> list[str]:
        messages = [record.getMessage() for record in caplog.records if record.name == "chathakase.log_events"]
        caplog.clear()
        return messages

    return told


async def test_a_session_is_opened_archived_and_woken(stores: DatabaseStores, told: Callable[[], list[str]]) -> None:
    await stores.say("1", "swordfish")
    assert told() == [f"session opened: {WHERE} by=U1"]
    await stores.say("1", "swordfish")
    await stores.say("2", "more", opens=False)
    await stores.turns.finish(await stores.claimed(), answer("done"))
    assert told() == []
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 1
    assert told() == [f"session archived: {WHERE}"]
    for ref in ("3", "3", "4"):
        await stores.say(ref, "again", opens=ref == "3")
    assert told() == [f"session woken: {WHERE}"]


async def test_a_message_that_is_had_wakes_nobody(stores: DatabaseStores, told: Callable[[], list[str]]) -> None:
    await stores.say("1", asks=False)
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    told()
    await stores.say("1", asks=False)
    assert told() == []
    await stores.say("2", opens=False, asks=False)
    assert told() == [f"session woken: {WHERE}"]


@pytest.mark.parametrize("how", ["expires", "is pruned", "begins anew"])
async def test_a_session_is_deleted(
    how: str, stores_with: Callable[[ExpiryMode], DatabaseStores], told: Callable[[], list[str]]
) -> None:
    stores = stores_with(ExpiryMode.ARCHIVE if how == "is pruned" else ExpiryMode.DELETE)
    await stores.say("1", asks=False)
    told()
    stores.clock.now += TIMEOUT + 1
    if how == "expires":
        await stores.forgetting.expire()
    elif how == "is pruned":
        await stores.forgetting.prune(idle=TIMEOUT)
    else:
        await stores.say("2")
    (deleted, *more) = told()
    assert deleted == f"session deleted: {WHERE}"
    assert [line.partition(":")[0] for line in more] == (["session opened"] if how == "begins anew" else [])


async def test_a_session_is_woken_by_an_interaction_and_by_an_edit(
    stores: DatabaseStores, told: Callable[[], list[str]]
) -> None:
    turn = await stores.answered("1", "q1")
    await stores.say("2", "swordfish", asks=False)
    ways = (lambda: stores.interaction(turn), lambda: stores.changes.change(change("2", "halibut?"), calls=True))
    for wakes in ways:
        if (lease := await stores.turns.claim(ID)) is not None:
            await stores.turns.finish(lease, answer("a1"))
        stores.clock.now += TIMEOUT + 1
        assert await stores.forgetting.expire() == 1
        told()
        assert await wakes()
        assert told() == [f"session woken: {WHERE}"]


async def test_a_session_is_moved(stores: DatabaseStores, told: Callable[[], list[str]]) -> None:
    await stores.say("1")
    await stores.say("1", place=OTHER)
    told()
    assert not await stores.sessions.move(ID, OTHER)
    assert await stores.sessions.move(ID, PLACE)
    assert told() == []
    assert await stores.sessions.move(ID, ELSEWHERE)
    assert told() == [f"session moved: session={ID} place={ELSEWHERE.surface}/{ELSEWHERE.workspace}/{ELSEWHERE.name}"]
    assert await stores.sessions.move(ID, None)
    assert told() == [f"session moved: session={ID} place=none"]
