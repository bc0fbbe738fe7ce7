"""What a session remembers, as a prompt needs it, and what stood above the call."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from chathakase.core.memory import Memory, Scope
from chathakase.core.types import ExpiryMode
from chathakase.storage.stores.memory_store import AT_ONCE
from tests.storage.database_stores import FILE, HERE, ID, PLACE, DatabaseStores, answer, said


def texts(memory: Memory) -> list[str]:
    return [message.text for message in memory.messages]


async def test_an_answer_never_opens_a_conversation(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2", author="U2")
    await stores.say("3", "forget", command=True)
    await stores.forgetting.forget(Scope.HERE, author="U1", session=HERE, before="3")
    opening = (await stores.remembered()).opening
    assert opening is not None
    assert opening.text == "q2"


async def test_of_what_a_summary_covers_only_the_end_is_told(stores: DatabaseStores) -> None:
    for ref in ("1", "2", "3"):
        await stores.answered(ref, f"q{ref}", f"a{ref}")
    assert await stores.sum_up(keep=2)
    memory = await stores.remembered()
    assert texts(memory) == ["a2", "q3", "a3"]
    assert memory.summary is not None
    assert (memory.summary.messages, memory.total) == (4, 6)
    assert memory.opening is not None
    assert memory.opening.text == "q1"


async def test_what_stood_above_is_told_before_all_else_and_answered_by_nobody(stores: DatabaseStores) -> None:
    await stores.say("5", "q5")
    lease = await stores.claimed()
    assert not (await stores.remembered()).backfilled
    above = [
        said("3", "third", author="B1", name="Deploys", files=(FILE,)),
        said("2", "second", ours=True, author="B0"),
        said("1", "first"),
        said("5", "q5"),
    ]
    assert await stores.memory.add_earlier(ID, above) == 3
    assert await stores.memory.add_earlier(ID, above) == 0
    memory = await stores.remembered(lease=lease)
    assert texts(memory) == ["first", "second", "third", "q5"]
    assert [message.role for message in memory.messages] == ["user", "assistant", "user", "user"]
    assert [message.author for message in memory.messages] == ["U1", "", "B1", "U1"]
    assert memory.messages[2].attachments[0].file == FILE
    assert (memory.backfilled, memory.total) == (True, 4)
    assert memory.opening == memory.messages[0]
    await stores.turns.finish(lease, answer("a5"))
    assert texts(await stores.remembered()) == ["first", "second", "third", "q5", "a5"]
    assert await stores.turns.claim(ID) is None
    assert await stores.sessions.people(PLACE) == {"U1"}
    assert await stores.title() == ("General Chat", "rule")


@pytest.mark.parametrize("cleared", [False, True])
async def test_much_that_stands_above_is_stored_in_portions(cleared: bool, stores: DatabaseStores) -> None:
    await stores.say("2", "question")
    await stores.say("3", "clear session", command=True)
    above = [said(f"1.{number:06d}", f"m{number}", opens=False, asks=False) for number in range(5 * AT_ONCE)]
    reading = asyncio.create_task(stores.memory.add_earlier(ID, above))
    async with stores.after_the_first_portion():
        if cleared:
            clearing = asyncio.create_task(stores.clear("3"))
            # Else all of it may be stored before the clearing knows its session.
            await stores.until_queued(2)
        else:
            reading.cancel()
    if cleared:
        await clearing
        assert 0 < await reading < len(above)
        assert texts(await stores.remembered()) == []
        return
    await asyncio.wait((reading,))
    memory = await stores.remembered(limit=999)
    assert len(memory.messages) == 1 + AT_ONCE
    assert not memory.backfilled
    assert await stores.memory.add_earlier(ID, above) == len(above) + 1 - len(memory.messages)
    memory = await stores.remembered(limit=999)
    assert memory.backfilled
    assert texts(memory) == [*(f"m{number}" for number in range(len(above))), "question"]
    assert [message.seq for message in memory.messages] == sorted(message.seq for message in memory.messages)


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_info_tells_title_usage_and_summary(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    stores = stores_with(mode)
    await stores.answered("1", "q1 and more", "a1")
    await stores.sum_up()
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.title, info.summarised, info.prompt_tokens, info.completion_tokens) == ("q1 and more", 2, 17, 8)
    assert info.usage == (("m-1", 10, 5), ("m-2", 7, 3))


async def test_a_mention_that_was_read_above_another_is_answered_with_it_and_not_again(stores: DatabaseStores) -> None:
    await stores.say("2.000003", "the second question")
    lease = await stores.claimed()
    mention = said("2.000002", "the first question")
    await stores.memory.add_earlier(ID, [mention, replace(said("2.000001", "talk"), opens=False, asks=False)])
    assert await stores.texts(lease) == ["talk", "the first question", "the second question"]
    await stores.turns.finish(lease, answer("both answers"))
    assert not await stores.sessions.append(mention)
    assert await stores.turns.claim(ID) is None
    rows = await stores.database.fetch("SELECT ref, asks FROM messages WHERE seq <= 0 ORDER BY seq")
    assert [tuple(row) for row in rows] == [("2.000001", 0), ("2.000002", 1)]
