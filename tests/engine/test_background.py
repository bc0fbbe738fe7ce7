"""What is done in the background costs nothing while it fails."""

import asyncio
from collections.abc import Iterator

import pytest

from chathakase.core.errors import ModelError, StoreError
from chathakase.core.types import Session, SessionId
from chathakase.engine.turns.background import REST, Background, Chore, Due
from chathakase.engine.turns.lull import WITHIN, Lull
from tests.places import slack_place

pytestmark = pytest.mark.virtual_time

HERE, THERE = (Session(SessionId(f"s{n}"), slack_place("C1", f"{n}.5")) for n in (1, 2))


class Failing:
    """A chore that fails as long as it is told to, and knows where it was done."""

    __name__ = "fails"

    def __init__(self) -> None:
        self.done: list[Session] = []
        self.error: Exception | None = ModelError("length", "The model's answer was incomplete.")

    async def __call__(self, session: Session) -> None:
        self.done.append(session)
        if self.error is not None:
            raise self.error


def always(chore: Chore) -> Due:
    async def due(_: Session) -> list[Chore]:
        return [chore]

    return due


async def after_turn(background: Background, session: Session) -> None:
    background.after_turn(session)
    await asyncio.gather(*background._tasks.values())


async def test_what_fails_is_not_tried_after_every_turn() -> None:
    chore = Failing()
    async with Background(always(chore), Lull()) as background:
        for _ in range(3):
            await after_turn(background, HERE)
        assert chore.done == [HERE]
        await after_turn(background, THERE)
        assert chore.done == [HERE, THERE]
        await asyncio.sleep(REST.first_wait)
        await after_turn(background, HERE)
        await asyncio.sleep(REST.first_wait)
        await after_turn(background, HERE)
        assert chore.done == [HERE, THERE, HERE]
        for _ in range(20):
            await asyncio.sleep(REST.longest_wait)
            await after_turn(background, HERE)
        assert len(chore.done) == 23


async def test_what_works_again_is_done_after_every_turn() -> None:
    chore = Failing()
    async with Background(always(chore), Lull()) as background:
        await after_turn(background, HERE)
        chore.error = None
        await asyncio.sleep(REST.first_wait)
        for _ in range(3):
            await after_turn(background, HERE)
        assert len(chore.done) == 4


async def test_an_error_of_ours_rests_as_well() -> None:
    chore = Failing()
    chore.error = ValueError()
    async with Background(always(chore), Lull()) as background:
        await after_turn(background, HERE)
        await after_turn(background, HERE)
        assert len(chore.done) == 1


@pytest.mark.parametrize("error", [StoreError("the disk is full"), ValueError("secret")])
async def test_what_cannot_be_found_out_is_a_line_in_the_log_and_tried_after_the_next_turn(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    chore, errors = Failing(), [error]
    chore.error = None

    async def due(_: Session) -> list[Chore]:
        if errors:
            raise errors.pop()
        return [chore]

    async with Background(due, Lull()) as background:
        await after_turn(background, HERE)
        assert [each for each in caplog.messages if HERE.place.name in each and "secret" not in each]
        await after_turn(background, HERE)
        assert chore.done == [HERE]


async def test_what_falls_due_while_something_else_is_done_is_done_as_well() -> None:
    done: list[str] = []

    async def first(_: Session) -> None:
        await asyncio.sleep(5.0)
        done.append("first")

    async def second(_: Session) -> None:
        done.append("second")

    looks: Iterator[list[Chore]] = iter([[first], [second]])

    async def due(_: Session) -> list[Chore]:
        return next(looks)

    async with Background(due, Lull()) as background:
        background.after_turn(HERE)
        await asyncio.sleep(1.0)
        background.after_turn(HERE)
        background.after_turn(HERE)
        await asyncio.sleep(10.0)
    assert done == ["first", "second"]


async def test_what_is_done_in_the_background_waits_while_anybody_is_answered() -> None:
    chore, lull = Failing(), Lull()
    chore.error = None
    async with Background(always(chore), lull) as background:
        with lull.answering():
            with lull.answering():
                background.after_turn(HERE)
                background.after_turn(HERE)
                await asyncio.sleep(1.0)
            await asyncio.sleep(1.0)
            assert chore.done == []
        with lull.answering():
            await asyncio.sleep(1.0)
            assert chore.done == [], "somebody has asked since"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert chore.done == [HERE]


async def test_what_is_done_in_the_background_waits_for_no_more_than_a_few_seconds() -> None:
    chore, lull = Failing(), Lull()
    chore.error = None
    async with Background(always(chore), lull) as background:
        with lull.answering():
            background.after_turn(HERE)
            await asyncio.sleep(WITHIN - 0.1)
            assert chore.done == []
            await asyncio.sleep(0.2)
            assert chore.done == [HERE]
