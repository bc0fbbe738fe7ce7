"""What the rate limiter guarantees whatever is asked of it: random calls of any priority, some given up, refusals."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chathakase.clock import monotonic as now
from chathakase.slack.web.rate_limiter import LEAST, Priority, RateLimiter
from chathakase.slack.web.rate_limits import LIMITS, POST, WORKSPACE, Limit
from tests.examples import examples

pytestmark = pytest.mark.virtual_time

EDIT = "chat.update"
FEW = {
    **LIMITS,
    EDIT: Limit(burst=4, per_minute=60, reserve=1),
    POST: Limit(burst=2, per_minute=60),
    WORKSPACE: Limit(burst=3, per_minute=90, reserve=1),
}
MANY = {**LIMITS, EDIT: Limit(burst=40, per_minute=600, reserve=10)}
CLOSE = 1e-3
"""Part of a call, and seconds, that rounding may take."""


@dataclass(frozen=True)
class PlannedCall:
    """Somebody comes ``after`` the one before and wants to make a call, for at most ``timeout`` seconds."""

    after: float
    priority: Priority
    channel: str
    timeout: float


@dataclass
class CallTimes:
    """What came of it, in seconds of the clock."""

    came: dict[int, float] = field(default_factory=dict)
    went: dict[int, float] = field(default_factory=dict)
    left: dict[int, float] = field(default_factory=dict)

    def waited(self, number: int, at: float) -> bool:
        """Whether somebody was waiting strictly before and after a moment."""
        end = min(self.went.get(number, at), self.left.get(number, at))
        return self.came[number] < at - CLOSE and end > at + CLOSE


moments = st.integers(0, 40).map(lambda tenths: tenths / 10)
asks = st.lists(
    st.builds(
        PlannedCall,
        after=moments,
        priority=st.sampled_from(Priority),
        channel=st.sampled_from(("C1", "C2")),
        timeout=st.sampled_from((0.5, 5.0, 1_000.0, 1_000.0)),
    ),
    min_size=1,
    max_size=25,
)


async def play(rate_limiter: RateLimiter, method: str, asked: Sequence[PlannedCall]) -> CallTimes:
    """Have everybody come, and wait until all have gone or given up."""
    log = CallTimes()

    async def one(number: int, ask: PlannedCall) -> None:
        log.came[number] = now()
        try:
            async with asyncio.timeout(ask.timeout):
                await rate_limiter.acquire(method, ask.channel, priority=ask.priority)
            log.went[number] = now()
        except TimeoutError:
            log.left[number] = now()

    async with asyncio.TaskGroup() as group:
        for number, ask in enumerate(asked):
            await asyncio.sleep(ask.after)
            group.create_task(one(number, ask))
    return log


def most_at_once(times: Sequence[float], limit: Limit) -> float:
    """By how much the calls exceed, in the worst of all windows, what the limit allows in it."""
    times = sorted(times)
    return max(
        (
            last - first + 1 - limit.burst - limit.per_second * (times[last] - times[first])
            for first in range(len(times))
            for last in range(first, len(times))
        ),
        default=0.0,
    )


@settings(max_examples=examples(60))
@given(asked=asks)
async def test_in_no_window_of_time_do_more_calls_go_than_slack_allows(asked: Sequence[PlannedCall]) -> None:
    log = await play(RateLimiter(now, FEW), POST, asked)
    for channel in ("C1", "C2"):
        assert most_at_once([at for n, at in log.went.items() if asked[n].channel == channel], FEW[POST]) < CLOSE
    assert most_at_once([*log.went.values()], FEW[WORKSPACE]) < CLOSE


@settings(max_examples=examples(60))
@given(asked=asks)
async def test_nobody_goes_while_somebody_more_urgent_waits(asked: Sequence[PlannedCall]) -> None:
    log = await play(RateLimiter(now, FEW), EDIT, asked)
    for number, at in log.went.items():
        assert not [
            other for other, ask in enumerate(asked) if ask.priority < asked[number].priority and log.waited(other, at)
        ]


@settings(max_examples=examples(60))
@given(asked=asks)
async def test_whoever_is_patient_goes_in_the_end(asked: Sequence[PlannedCall]) -> None:
    log = await play(RateLimiter(now, FEW), EDIT, asked)
    limit, most = FEW[EDIT], len(asked)
    # Each may have to wait for all the others, and for what the least urgent must leave behind.
    longest = (most + limit.reserve + 2) / limit.per_second
    for number, ask in enumerate(asked):
        if ask.timeout > longest:
            assert log.went[number] - log.came[number] <= longest + CLOSE


@settings(max_examples=examples(60))
@given(asked=asks, refusals=st.lists(st.tuples(moments, st.integers(1, 30)), max_size=4))
async def test_nothing_goes_before_slack_is_ready_and_everybody_does_afterwards(
    asked: Sequence[PlannedCall], refusals: Sequence[tuple[float, int]]
) -> None:
    rate_limiter, closed = RateLimiter(now, FEW), list[tuple[float, float]]()

    async def refuse() -> None:
        for after, seconds in refusals:
            await asyncio.sleep(after)
            rate_limiter.refused(EDIT, "", retry_after=seconds)
            closed.append((now(), now() + seconds))

    log, _ = await asyncio.gather(play(rate_limiter, EDIT, asked), refuse())
    for at in log.went.values():
        assert not [(begin, end) for begin, end in closed if begin + CLOSE < at < end - CLOSE]
    slowest = (len(asked) + 4) / (FEW[EDIT].per_second * LEAST)
    for number, ask in enumerate(asked):
        if ask.timeout > slowest + sum(seconds for _, seconds in refusals):
            assert number in log.went


deeds = st.lists(st.sampled_from(("reserve", "edit", "edit", "end", "second")), max_size=60)


@settings(max_examples=examples(60))
@given(deeds=deeds)
async def test_whoever_reserved_a_call_never_waits_for_it(deeds: Sequence[str]) -> None:
    rate_limiter, reserved, began = RateLimiter(now, FEW), 0, now()

    async def end() -> None:
        rate_limiter.release(EDIT)
        await rate_limiter.acquire(EDIT, priority=Priority.FINAL)

    for number, deed in enumerate(deeds):
        if deed == "reserve":
            reserved += rate_limiter.try_reserve(EDIT)
        elif deed == "edit" and rate_limiter.delay(EDIT, priority=Priority.INTERIM) <= 0:
            await rate_limiter.acquire(EDIT, priority=Priority.INTERIM)
        elif deed == "end" and reserved:
            reserved -= 1
            await end()
        elif deed == "second":
            await asyncio.sleep(0.7)
        assert now() - began == pytest.approx(0.7 * deeds[: number + 1].count("second"))
    for _ in range(reserved):
        await end()
    assert now() - began == pytest.approx(0.7 * deeds.count("second"))


@settings(max_examples=examples(60))
@given(
    deeds=st.lists(st.sampled_from(("call", "refusal", "second", "minute", "reserve")), max_size=20),
    priority=st.sampled_from(Priority),
)
async def test_whoever_comes_again_when_told_to_finds_room_if_nobody_was_faster(
    deeds: Sequence[str], priority: Priority
) -> None:
    rate_limiter, reserved = RateLimiter(now, MANY), 0
    for deed in deeds:
        if deed == "call":
            await rate_limiter.acquire(EDIT, priority=Priority.FINAL)
        elif deed == "refusal":
            rate_limiter.refused(EDIT, "", retry_after=3.0)
        elif deed == "reserve" and reserved < MANY[EDIT].burst * LEAST - 3:
            rate_limiter.reserve(EDIT)
            reserved += 1
        else:
            await asyncio.sleep(60.0 if deed == "minute" else 1.0)
    await asyncio.sleep(rate_limiter.delay(EDIT, priority=priority))
    assert rate_limiter.delay(EDIT, priority=priority) < CLOSE
