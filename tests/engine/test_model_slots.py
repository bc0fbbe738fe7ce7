"""Every call of the model has a slot, and what is done in the background gives its own up to people."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from chathakase.core.types import UserKey, WorkspaceKey
from chathakase.engine.model.model_slots import ModelSlots, Rank, Yielded
from tests.places import HOME

ELSEWHERE = WorkspaceKey(HOME.surface, "T2")


async def hold(
    slots: ModelSlots, rank: Rank, order: list[str], name: str, end: asyncio.Event, whose: UserKey | None = None
) -> None:
    async with slots.slot(rank, whose=whose):
        order.append(name)
        await end.wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_slots_are_given_by_rank_and_then_fairly_by_person() -> None:
    slots, order, end = ModelSlots(1), list[str](), asyncio.Event()
    asked: list[tuple[str, Rank, UserKey | None]] = [
        ("first", Rank.ANSWER, (HOME, "a")),
        ("title", Rank.BACKGROUND, None),
        ("summary", Rank.COMMAND, (HOME, "b")),
        ("a1", Rank.ANSWER, (HOME, "a")),
        ("a2", Rank.ANSWER, (HOME, "a")),
        ("b1", Rank.ANSWER, (HOME, "b")),
        ("another a1", Rank.ANSWER, (ELSEWHERE, "a")),
    ]
    tasks = []
    for name, rank, whose in asked:
        tasks.append(asyncio.create_task(hold(slots, rank, order, name, end, whose)))
        await settle()
    assert order == ["first"]
    end.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "a1", "b1", "another a1", "a2", "summary", "title"]


async def test_a_free_slot_is_held_at_once_and_given_to_whoever_waits() -> None:
    slots, order, end = ModelSlots(1), list[str](), asyncio.Event()
    end.set()
    async with AsyncExitStack() as held:
        assert slots.hold_free(held)
        assert (slots.free, slots.hold_free(held)) == (0, False)
        waiting = asyncio.create_task(hold(slots, Rank.ANSWER, order, "answer", end))
        await settle()
        assert order == []
    await waiting
    assert (order, slots.free) == (["answer"], 1)


async def test_what_is_done_in_the_background_gives_way_to_whoever_waits() -> None:
    slots, order, never, end = ModelSlots(2), list[str](), asyncio.Event(), asyncio.Event()
    titles = [asyncio.create_task(hold(slots, Rank.BACKGROUND, order, f"title {number}", never)) for number in range(2)]
    await settle()
    answer = asyncio.create_task(hold(slots, Rank.ANSWER, order, "answer", end))
    await settle()
    assert order == ["title 0", "title 1", "answer"]
    assert [task.done() for task in titles] == [False, True]
    with pytest.raises(Yielded):
        await titles[1]
    await asyncio.gather(*(asyncio.create_task(settle()) for _ in range(2)))
    command = asyncio.create_task(hold(slots, Rank.COMMAND, order, "command", end))
    await settle()
    with pytest.raises(Yielded):
        await titles[0]
    end.set()
    await asyncio.gather(answer, command)
    assert order[2:] == ["answer", "command"]


async def test_a_cancellation_from_elsewhere_is_felt_as_such() -> None:
    slots, order, never = ModelSlots(1), list[str](), asyncio.Event()
    title = asyncio.create_task(hold(slots, Rank.BACKGROUND, order, "title", never))
    await settle()
    answer = asyncio.create_task(hold(slots, Rank.ANSWER, order, "answer", never))
    await asyncio.sleep(0)
    title.cancel()
    with pytest.raises(asyncio.CancelledError):
        await title
    await settle()
    assert order == ["title", "answer"]
    answer.cancel()
    await asyncio.gather(answer, return_exceptions=True)


async def test_whoever_gives_up_leaves_no_place_behind() -> None:
    slots, order, end = ModelSlots(1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(hold(slots, Rank.ANSWER, order, str(number), end)) for number in range(3)]
    await settle()
    tasks[1].cancel()
    tasks[0].cancel()
    await settle()
    assert order == ["0", "2"]
    end.set()
    await tasks[2]
    async with asyncio.timeout(1), slots.slot(Rank.BACKGROUND):
        pass


async def test_what_takes_a_place_in_the_background_at_the_moment_when_somebody_asks_gives_it_up() -> None:
    slots, order, never, end = ModelSlots(1), list[str](), asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(hold(slots, Rank.ANSWER, order, "first", end))
    await settle()
    title = asyncio.create_task(hold(slots, Rank.BACKGROUND, order, "title", never))
    await settle()
    # Behind the first that ends, and before the title that learns of its slot only then.
    end.set()
    answer = asyncio.create_task(hold(slots, Rank.ANSWER, order, "answer", end))
    await asyncio.gather(first)
    await settle()
    with pytest.raises(Yielded):
        await asyncio.wait_for(title, 1)
    await answer


async def test_nothing_is_done_in_the_background_where_it_is_to_be_quiet() -> None:
    slots, order, end = ModelSlots(3), list[str](), asyncio.Event()
    title = asyncio.create_task(hold(slots, Rank.BACKGROUND, order, "title", end))
    await settle()
    just_now = asyncio.create_task(hold(slots, Rank.BACKGROUND, order, "just now", end))
    # Its slot is given, but it does not know yet.
    await asyncio.sleep(0)
    with slots.quiet():
        await settle()
        for task in (title, just_now):
            with pytest.raises(Yielded):
                await task
        later = asyncio.create_task(hold(slots, Rank.BACKGROUND, order, "later", end))
        answer = asyncio.create_task(hold(slots, Rank.ANSWER, order, "answer", end))
        await settle()
        assert "later" not in order
        assert "answer" in order
    await settle()
    assert order[-1] == "later"
    end.set()
    await asyncio.gather(later, answer)
    assert slots.free == 3
