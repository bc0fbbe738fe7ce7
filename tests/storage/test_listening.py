"""What is known of a thread, to be held against what stands in it."""

from chathakase.core.memory import Scope
from chathakase.core.types import WorkspaceKey
from tests.places import slack_place
from tests.storage.database_stores import HERE, ID, PLACE, DatabaseStores, change, said


async def test_what_others_said_is_known(stores: DatabaseStores) -> None:
    await stores.answered("2", "q1", "a1")
    await stores.say("3", "context", asks=False, author="U2")
    await stores.say("4", "elsewhere", place=slack_place("C2", "4"))
    await stores.memory.add_earlier(ID, [said("1", "above", name="a bot", author="B1"), said("1.5", ours=True)])
    assert await stores.listening.known(PLACE) == {"1": 1_000_000, "2": 2_000_000, "3": 3_000_000}


async def test_what_is_forgotten_and_commands_are_not_known(stores: DatabaseStores) -> None:
    for ref in ("1", "2", "3"):
        await stores.say(ref)
    await stores.changes.change(change("1"))
    await stores.say("4", "help", command=True)
    await stores.forgetting.forget(Scope.LAST, author="U1", session=HERE, before="4")
    assert await stores.listening.known(PLACE) == {"2": 2_000_000}


async def test_nothing_is_known_of_other_threads(stores: DatabaseStores) -> None:
    await stores.say("1")
    assert await stores.listening.known(slack_place("C1", "9")) == {}


async def test_each_workspace_is_listened_to_by_itself(stores: DatabaseStores) -> None:
    home, there = PLACE.workspace_key, WorkspaceKey(PLACE.surface, "T2")
    began = stores.clock.now
    assert await stores.listening.until([home]) is None
    await stores.say("1")
    assert await stores.listening.until([home]) == began
    assert await stores.listening.until([there]) is None
    await stores.listening.note([home])
    stores.clock.now += 5
    await stores.listening.note([there])
    assert await stores.listening.until([home]) == began
    assert await stores.listening.until([there]) == began + 5
    assert await stores.listening.until([home, there]) == began
    assert await stores.listening.active([there], since=0, limit=9) == []
    assert [each.place for each in await stores.listening.active([home, there], since=0, limit=9)] == [PLACE]
