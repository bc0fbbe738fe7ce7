"""Summaries: what they are made from, and when they are stale."""

import pytest

from chathakase.core.memory import Memory, Scope, Summary
from chathakase.core.types import Usage
from tests.storage.database_stores import FAILED, HERE, ID, DatabaseStores, answer, change, said

USAGE = Usage(7, 3)


async def begun(stores: DatabaseStores) -> tuple[Memory, Summary]:
    """A summary in the making."""
    memory = await stores.summaries.to_summarise(ID, keep=0, limit=99)
    return memory, Summary("stale?", memory.messages[-1].said, len(memory.messages), "m-2")


async def save(stores: DatabaseStores, making: tuple[Memory, Summary]) -> bool:
    memory, summary = making
    return await stores.summaries.summarised(ID, summary, instead_of=memory, usage=USAGE)


async def test_nothing_is_to_be_summed_up_of_what_is_not_there(stores: DatabaseStores) -> None:
    assert await stores.summaries.to_summarise(ID, keep=0, limit=9) == Memory(())
    assert not await save(stores, (Memory(()), Summary("x", 1, 1, "m")))


async def test_of_two_that_are_made_at_once_one_is_saved(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    first, second = await begun(stores), await begun(stores)
    assert await save(stores, first)
    assert not await save(stores, second)
    info = await stores.sessions.info(ID)
    assert info is not None
    assert info.usage == (("m-1", 10, 5), ("m-2", 14, 6))


@pytest.mark.parametrize("what", ["change", "deletion", "forget", "clear", "late", "above", "retry"])
@pytest.mark.parametrize("saved", [False, True])
async def test_what_makes_a_summary_stale(what: str, saved: bool, stores: DatabaseStores) -> None:
    failed = await stores.answered("2", "q2")
    await stores.answered("3", "q3", "a3")
    await stores.say("5", "help", command=True)
    making = await begun(stores)
    if saved:
        assert await save(stores, making)
    match what:
        case "change":
            await stores.changes.change(change("2", "new"))
        case "deletion":
            await stores.changes.change(change("2"))
        case "forget":
            await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="5")
        case "clear":
            await stores.forgetting.clear(ID, before="5")
        case "late":
            await stores.say("1", "came late", asks=False)
        case "above":
            await stores.memory.add_earlier(ID, [said("0.5", "above")])
        case "retry":
            await stores.interaction(failed)
            await stores.turns.finish(await stores.claimed(), answer("a2"))
    if not saved:
        assert not await save(stores, making)
    assert (await stores.remembered()).summary is None
    assert (await stores.sessions.info(ID)).usage[-1] == ("m-2", 7, 3)  # type: ignore[union-attr]


async def test_what_is_said_later_makes_no_summary_stale(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    making = await begun(stores)
    await stores.say("2", "q2")
    await stores.turns.finish(await stores.claimed(), FAILED)
    assert await save(stores, making)
    await stores.answered("3", "q3", "a3")
    assert (await stores.remembered()).summary is not None
