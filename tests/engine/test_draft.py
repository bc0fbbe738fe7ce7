"""A draft shows the newest whole text, as fast as its reply takes it and never later than its end."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from chathakase.core.types import Outcome, TurnAction
from chathakase.engine.turns.draft import Draft


class SlowReply:
    """A reply that takes each text only when the test lets it."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.begun = False
        self.refusals = 0
        self.gate = asyncio.Semaphore(0)
        self.free = asyncio.Event()
        self.free.set()

    async def ready(self) -> None:
        await self.free.wait()

    async def show(self, text: str) -> bool:
        self.begun = True
        await self.gate.acquire()
        self.shown.append(text)
        return len(self.shown) > self.refusals

    async def finish(
        self,
        text: str,
        *,
        outcome: Outcome = Outcome.ANSWERED,  # noqa: ARG002
        offer: TurnAction | None = None,  # noqa: ARG002
        footnotes: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        self.shown.append(text)

    @property
    def posted_at(self) -> int:
        return 0

    async def settled(self) -> bool:
        return self.begun

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def test_a_slow_surface_skips_texts() -> None:
    reply = SlowReply()
    async with Draft(reply) as draft:
        draft.write("a")
        await until(lambda: reply.begun)
        for piece in "bcd":
            draft.write(piece)
        reply.gate.release()
        reply.gate.release()
        await until(lambda: len(reply.shown) == 2)
    assert reply.shown == ["a", "abcd"]


async def test_a_show_that_has_begun_is_finished_before_the_end() -> None:
    reply = SlowReply()
    async with Draft(reply) as draft:
        draft.write("a")
        await until(lambda: reply.begun)
        asyncio.get_running_loop().call_later(0.02, reply.gate.release)
    await reply.finish("end")
    assert reply.shown == ["a", "end"]


async def test_waiting_for_ones_turn_is_cut_short_by_the_end() -> None:
    reply = SlowReply()
    reply.free.clear()
    async with asyncio.timeout(20):
        async with Draft(reply) as draft:
            draft.write("a")
            await asyncio.sleep(0)
    assert reply.shown == []
    assert draft.text == "a"


async def test_what_was_not_shown_is_shown_again_though_nothing_was_added() -> None:
    reply = SlowReply()
    reply.refusals = 2
    async with Draft(reply) as draft:
        draft.write("a")
        for _ in range(4):
            reply.gate.release()
        await until(lambda: len(reply.shown) == 3)
        await asyncio.sleep(0.01)
    assert reply.shown == ["a", "a", "a"]


async def test_nothing_but_space_is_not_shown() -> None:
    reply = SlowReply()
    reply.gate.release()
    async with Draft(reply) as draft:
        draft.write(" \n")
        await asyncio.sleep(0.01)
        assert not reply.begun
        draft.write("x")
        await until(lambda: reply.shown == [" \nx"])


async def test_what_was_shown_and_is_taken_back_is_shown_no_longer() -> None:
    reply = SlowReply()
    reply.refusals = 2
    async with Draft(reply, "before ") as draft:
        draft.write("hm")
        reply.gate.release()
        await until(lambda: reply.shown == ["before hm"])
        draft.take_back()
        for _ in range(2):
            reply.gate.release()
        await until(lambda: len(reply.shown) == 3)
    assert reply.shown == ["before hm", "before ", "before "]
    assert draft.text == "before "


async def test_a_draft_of_which_nothing_is_left_is_shown_as_nothing_if_anything_was_shown() -> None:
    reply = SlowReply()
    for _ in range(3):
        reply.gate.release()
    async with Draft(reply) as draft:
        draft.take_back()
        await asyncio.sleep(0.01)
        assert not reply.begun
        draft.write("hm")
        await until(lambda: reply.shown == ["hm"])
        draft.take_back()
        await until(lambda: reply.shown == ["hm", ""])
        draft.write("hi")
        await until(lambda: reply.shown == ["hm", "", "hi"])
