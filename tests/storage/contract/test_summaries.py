"""What is to be summed up next, and what a summary stands for."""

from tests.storage.database_stores import ID, Talk, answer


async def told(stores: Talk, *, keep: int = 0, limit: int = 99) -> list[str]:
    memory = await stores.summaries.to_summarise(ID, keep=keep, limit=limit)
    return [message.text for message in memory.messages]


async def test_whole_turns_are_summed_up_oldest_first_without_the_newest(stores: Talk) -> None:
    for ref in ("1", "2", "3"):
        await stores.answered(ref, f"q{ref}", f"a{ref}")
    assert await told(stores) == ["q1", "a1", "q2", "a2", "q3", "a3"]
    assert await told(stores, keep=1) == ["q1", "a1", "q2", "a2"]
    assert await told(stores, keep=2) == ["q1", "a1", "q2", "a2"]
    assert await told(stores, keep=3) == ["q1", "a1"]
    assert await told(stores, limit=3) == ["q1", "a1"]
    assert await told(stores, keep=9) == []


async def test_the_next_one_goes_on_where_the_last_one_ended(stores: Talk) -> None:
    for ref in ("1", "2", "3"):
        await stores.answered(ref, f"q{ref}", f"a{ref}")
    assert await stores.sum_up("first", keep=4)
    memory = await stores.summaries.to_summarise(ID, keep=0, limit=99)
    assert [message.text for message in memory.messages] == ["q2", "a2", "q3", "a3"]
    assert memory.summary is not None
    assert (memory.summary.text, memory.summary.messages) == ("first", 2)
    assert await stores.sum_up("second")
    newest = (await stores.remembered()).summary
    assert newest is not None
    assert (newest.text, newest.messages, newest.version) == ("second", 6, memory.summary.version + 1)
    assert await told(stores) == []


async def test_what_waits_is_not_summed_up(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.answered("3", "q3", "a3")
    await stores.say("2", "q2")
    assert await told(stores) == ["q1", "a1"]
    lease = await stores.claimed()
    assert await told(stores) == ["q1", "a1"]
    await stores.turns.finish(lease, answer("a2"))
    assert await told(stores) == ["q1", "a1", "q2", "a2", "q3", "a3"]


async def test_what_is_answered_again_is_not_summed_up(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    failed = await stores.answered("2", "q2")
    await stores.answered("3", "q3", "a3")
    await stores.interaction(failed)
    assert await told(stores) == ["q1", "a1"]


async def test_talk_that_nobody_answers_is_summed_up_but_for_what_may_have_an_answer_next(stores: Talk) -> None:
    await stores.answered("1", "q1", "a1")
    for ref in range(2, 9):
        await stores.say(str(ref), f"talk {ref}", asks=False)
    assert await told(stores, limit=1) == []
    assert await told(stores, limit=2) == ["q1", "a1"]
    assert await told(stores, limit=4) == ["q1", "a1", "talk 2"]
    await stores.sum_up(limit=2)
    assert await told(stores, limit=4) == ["talk 2", "talk 3", "talk 4"]
    await stores.say("9", "q9")
    assert await told(stores) == [f"talk {ref}" for ref in range(2, 8)]
