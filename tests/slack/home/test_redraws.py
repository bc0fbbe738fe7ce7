"""Views are drawn one after another, the newest state last, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.slack.home.redraws import LAST_WITHIN, Redraws

pytestmark = pytest.mark.virtual_time


class Canvas:
    """Writes down what is drawn, and when; each drawing takes ``seconds``."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.drawn: list[tuple[float, str]] = []
        self._seconds = seconds

    def draws(self, what: str) -> Callable[[], Awaitable[None]]:
        async def draw() -> None:
            await asyncio.sleep(self._seconds)
            self.drawn.append((round(asyncio.get_running_loop().time(), 3), what))

        return draw


async def test_what_is_wanted_meanwhile_is_drawn_once_and_not_too_soon() -> None:
    redraws, canvas = Redraws(interval=1.0), Canvas(0.5)
    for what in ("one", "two"):
        redraws.want("home", canvas.draws(what))
    await asyncio.sleep(0.1)
    for what in ("three", "four"):
        redraws.want("home", canvas.draws(what))
    await asyncio.sleep(5)
    assert canvas.drawn == [(0.5, "two"), (2.0, "four")]
    redraws.want("home", canvas.draws("five"))
    await asyncio.sleep(1)
    assert canvas.drawn[-1] == (5.6, "five")
    await redraws.close()


async def test_views_do_not_wait_for_one_another() -> None:
    redraws, canvas = Redraws(interval=1.0), Canvas(0.5)
    for view in ("one", "two"):
        redraws.want(view, canvas.draws(view))
    await asyncio.sleep(0.6)
    assert [what for _, what in canvas.drawn] == ["one", "two"]
    await redraws.close()


async def test_what_is_begun_is_drawn_to_its_end_at_the_end_and_nothing_more() -> None:
    redraws, canvas = Redraws(interval=1.0), Canvas(0.5)
    redraws.want("home", canvas.draws("begun"))
    await asyncio.sleep(0.1)
    redraws.want("home", canvas.draws("due"))
    await redraws.close()
    redraws.want("home", canvas.draws("late"))
    await asyncio.sleep(5)
    assert canvas.drawn == [(0.5, "begun")]


async def test_at_the_end_nobody_waits_for_long() -> None:
    redraws, canvas = Redraws(), Canvas(60)
    redraws.want("home", canvas.draws("slow"))
    await asyncio.sleep(0.1)
    await redraws.close()
    assert asyncio.get_running_loop().time() == pytest.approx(0.1 + LAST_WITHIN)
    assert canvas.drawn == []


async def test_a_failure_is_told_once_until_it_goes_well_again(caplog: pytest.LogCaptureFixture) -> None:
    redraws, canvas = Redraws(), Canvas()

    async def fail() -> None:
        raise DeliveryError("fatal_error")

    async def break_down() -> None:
        raise ValueError("words of somebody")

    for draw, count in ((fail, 1), (fail, 1), (canvas.draws("well"), 1), (fail, 2)):
        redraws.want("home", draw)
        await asyncio.sleep(0.1)
        assert caplog.text.count("A view could not be shown: fatal_error") == count
    redraws.want("home", break_down)
    await asyncio.sleep(0.1)
    assert "A view could not be drawn: ValueError at " in caplog.text
    assert "words of somebody" not in caplog.text
    await redraws.close()
