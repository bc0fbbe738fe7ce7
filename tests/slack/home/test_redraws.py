"""Which views are drawn first, and how many at once."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

import pytest

from chathakase.slack.home.redraws import AT_ONCE, Redraws

pytestmark = pytest.mark.virtual_time

PEOPLE = [f"U{number}" for number in range(500)]


class Slate:
    """What is drawn, in order, each in a second."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.most, self._now = 0, 0

    def of(self, view: str) -> Callable[[], Coroutine[None, None, None]]:
        return partial(self._draw, view)

    async def _draw(self, view: str) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(1)
        self._now -= 1
        self.drawn.append(view)


async def test_whoever_waits_is_not_behind_hundreds_who_do_not() -> None:
    redraws, slate = Redraws(), Slate()
    for person in PEOPLE:
        redraws.want_later(person, slate.of(person))
    await asyncio.sleep(0.5)
    redraws.want("U499", slate.of("U499"))
    redraws.want("U0", slate.of("U0"))
    await asyncio.sleep(2.1)
    assert {"U499", "U0"} <= set(slate.drawn)
    assert slate.drawn.count("U0") == 2, "what was begun before they waited may tell what is past"
    await asyncio.sleep(len(PEOPLE))
    assert sorted(slate.drawn) == sorted([*PEOPLE, "U0"])
    assert slate.most <= AT_ONCE + 1
    await redraws.close()


async def test_however_often_something_changes_everybody_comes_round() -> None:
    redraws, slate = Redraws(), Slate()
    for _ in range(10):
        for person in PEOPLE[: 2 * AT_ONCE]:
            redraws.want_later(person, slate.of(person))
        await asyncio.sleep(1)
    assert set(slate.drawn) == set(PEOPLE[: 2 * AT_ONCE])
    await redraws.close()


async def test_at_the_end_nothing_more_is_begun() -> None:
    redraws, slate = Redraws(), Slate()
    for person in PEOPLE:
        redraws.want_later(person, slate.of(person))
    await asyncio.sleep(0.5)
    await redraws.close()
    redraws.want_later("U1000", slate.of("U1000"))
    await asyncio.sleep(5)
    assert len(slate.drawn) == AT_ONCE
