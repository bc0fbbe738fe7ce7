"""Token buckets in virtual time."""

import asyncio

import pytest

from chathakase.slack.delivery.pace import Limit, Pace

LIMITS = {
    "chat.update": Limit(burst=10, per_second=0.5, reserve=4),
    "chat.postMessage": Limit(burst=2, per_second=1),
}


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()

    async def sleep(seconds: float) -> None:
        time.now += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return time


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(time, LIMITS)


async def call(pace: Pace, times: int, method: str = "chat.update", key: str = "", *, final: bool = True) -> None:
    for _ in range(times):
        await pace.turn(method, key, final=final)


async def test_a_burst_goes_at_once_and_then_at_the_rate(pace: Pace, time: Time) -> None:
    await call(pace, 10)
    assert time.now == 100.0
    await call(pace, 5)
    assert time.now == pytest.approx(110.0)


async def test_interim_texts_leave_the_reserve_to_final_ones(pace: Pace, time: Time) -> None:
    await call(pace, 6, final=False)
    assert time.now == 100.0
    assert pace.delay("chat.update", final=False) == pytest.approx(2.0)
    await call(pace, 4)
    assert time.now == 100.0


async def test_pauses_fill_the_bucket_but_no_more(pace: Pace, time: Time) -> None:
    await call(pace, 10)
    time.now += 3_600
    await call(pace, 10)
    assert pace.delay("chat.update", final=True) == pytest.approx(2.0)


async def test_channels_are_counted_for_themselves(pace: Pace, time: Time) -> None:
    await call(pace, 2, "chat.postMessage", "C1")
    await call(pace, 2, "chat.postMessage", "C2")
    assert time.now == 100.0
    assert pace.delay("chat.postMessage", "C1", final=True) == pytest.approx(1.0)


async def test_a_refusal_stops_everybody_until_slack_is_ready(pace: Pace, time: Time) -> None:
    await call(pace, 1)
    pace.refused("chat.update", "", retry_after=30.0)
    assert pace.delay("chat.update", final=True) == pytest.approx(30.0)
    await call(pace, 1)
    assert time.now == pytest.approx(130.0)
    await call(pace, 1)
    assert time.now == pytest.approx(132.0)


async def test_quiet_channels_are_forgotten(pace: Pace, time: Time) -> None:
    for number in range(100):
        await call(pace, 1, "chat.postMessage", f"C{number}")
        time.now += 10
    assert len(pace._buckets) <= 2


async def test_finals_that_wait_together_go_one_by_one(pace: Pace, time: Time) -> None:
    await call(pace, 10)
    await asyncio.gather(*(call(pace, 1) for _ in range(5)))
    assert time.now == pytest.approx(110.0)
