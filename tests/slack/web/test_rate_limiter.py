"""The scheduler in virtual time, beside a Slack that counts as the local workspace does."""

import asyncio
import math
import random
from collections import Counter

import pytest

from chathakase.clock import monotonic as now
from chathakase.playground.web_api.tiers import Rate
from chathakase.playground.web_api.tiers import TierBucket as SlacksBucket
from chathakase.slack.web.rate_limiter import Priority, RateLimiter
from chathakase.slack.web.rate_limits import LIMITS, POST, WORKSPACE, Limit, read_limits

pytestmark = pytest.mark.virtual_time

EDIT = "chat.update"
FEW = {
    **LIMITS,
    EDIT: Limit(burst=10, per_minute=30, reserve=4),
    POST: Limit(burst=2, per_minute=60),
    WORKSPACE: Limit(burst=6, per_minute=120),
}


def few() -> RateLimiter:
    return RateLimiter(now, FEW)


async def call(
    rate_limiter: RateLimiter, times: int, method: str = EDIT, channel: str = "", *, priority: Priority = Priority.FINAL
) -> None:
    for _ in range(times):
        await rate_limiter.acquire(method, channel, priority=priority)


async def test_a_burst_goes_at_once_and_then_at_the_rate() -> None:
    rate_limiter, began = few(), now()
    await call(rate_limiter, 10)
    assert now() == began
    await call(rate_limiter, 5)
    assert now() == pytest.approx(began + 10.0)


async def test_interim_texts_leave_the_reserve_to_final_ones() -> None:
    rate_limiter, began = few(), now()
    await call(rate_limiter, 6, priority=Priority.INTERIM)
    assert now() == began
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == pytest.approx(2.0)
    assert rate_limiter.delay(EDIT, priority=Priority.STATUS) == pytest.approx(4.0)
    await call(rate_limiter, 4)
    assert now() == began


async def test_pauses_fill_the_bucket_but_no_more() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    await asyncio.sleep(3_600)
    await call(rate_limiter, 10)
    assert rate_limiter.delay(EDIT, priority=Priority.FINAL) == pytest.approx(2.0)


async def test_channels_are_counted_for_themselves_and_all_together() -> None:
    rate_limiter, began = few(), now()
    for channel in ("C1", "C2", "C3"):
        await call(rate_limiter, 2, POST, channel)
    assert now() == began
    assert rate_limiter.delay(POST, "C1", priority=Priority.FINAL) == pytest.approx(1.0)
    assert rate_limiter.delay(POST, "C4", priority=Priority.FINAL) == pytest.approx(0.5)


async def test_who_waits_goes_in_the_order_of_priority_then_of_coming() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    order: list[str] = []

    async def one(name: str, priority: Priority) -> None:
        await rate_limiter.acquire(EDIT, priority=priority)
        order.append(name)

    waiting = [("error", Priority.ERROR), ("stop", Priority.STOP), ("1st", Priority.FINAL), ("2nd", Priority.FINAL)]
    tasks = []
    for name, priority in [("interim", Priority.INTERIM), *waiting]:
        tasks.append(asyncio.create_task(one(name, priority)))
        await asyncio.sleep(0)
    began = now()
    await asyncio.gather(*tasks)
    assert order == ["1st", "2nd", "stop", "error", "interim"]
    # Four at one in two seconds, then the interim text has to leave four behind.
    assert now() == pytest.approx(began + 8 + 10)


async def test_whoever_gives_up_waiting_holds_nobody_up() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    first, second = (asyncio.create_task(rate_limiter.acquire(EDIT, priority=Priority.FINAL)) for _ in range(2))
    await asyncio.sleep(0)
    began = now()
    first.cancel()
    await second
    assert now() == pytest.approx(began + 2.0)


async def test_whoever_is_cancelled_just_as_its_turn_comes_gives_the_call_back() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    first = asyncio.create_task(rate_limiter.acquire(EDIT, priority=Priority.FINAL))
    await asyncio.sleep(0)
    # Its turn comes after two seconds, and this right after that, before it hears of it.
    asyncio.get_running_loop().call_later(2.0, first.cancel)
    with pytest.raises(asyncio.CancelledError):
        await first
    assert now() == 2.0
    await call(rate_limiter, 1)
    assert now() == 2.0


async def test_what_is_given_back_goes_to_whoever_waits() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    first, *others = (asyncio.create_task(rate_limiter.acquire(EDIT, priority=Priority.FINAL)) for _ in range(3))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(2.0, first.cancel)
    await others[0]
    assert now() == 2.0
    assert first.cancelled()
    await others[1]
    assert now() == 4.0


async def test_interim_texts_find_no_room_while_finals_wait() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    waiting = asyncio.create_task(call(rate_limiter, 3))
    await asyncio.sleep(1.0)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) > 0
    await waiting


async def test_interim_texts_come_again_when_those_who_wait_have_gone() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    waiting = [asyncio.create_task(call(rate_limiter, 1)) for _ in range(10)]
    await asyncio.sleep(0)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == 22.0
    await asyncio.gather(*waiting)
    assert now() == 20.0


@pytest.mark.parametrize("priority", [Priority.COMMAND, Priority.BACKGROUND])
async def test_commands_leave_the_reserve_to_whoever_is_more_urgent(priority: Priority) -> None:
    rate_limiter = few()
    await call(rate_limiter, 6, priority=priority)
    assert now() == 0.0
    waiting = asyncio.create_task(call(rate_limiter, 1, priority=priority))
    await asyncio.sleep(0)
    await call(rate_limiter, 4)
    assert now() == 0.0
    await waiting
    assert now() == 10.0


async def test_a_refusal_stops_everybody_until_slack_is_ready() -> None:
    rate_limiter, began = few(), now()
    await call(rate_limiter, 1)
    rate_limiter.refused(EDIT, "", retry_after=30.0)
    assert rate_limiter.delay(EDIT, priority=Priority.FINAL) == pytest.approx(30.0)
    await call(rate_limiter, 1)
    assert now() == pytest.approx(began + 30.0)
    await call(rate_limiter, 1)
    assert now() == pytest.approx(began + 34.0)  # at half the rate, for a while


async def test_a_refusal_teaches_that_less_is_allowed_until_it_is_quiet() -> None:
    rate_limiter = few()
    rate_limiter.refused(EDIT, "", retry_after=1.0)
    await asyncio.sleep(30)
    began = now()
    await call(rate_limiter, 6)
    assert now() == pytest.approx(began + 4.0)  # five of ten at once, and half the rate
    await asyncio.sleep(3_600)
    began = now()
    await call(rate_limiter, 10)
    assert now() == began


async def test_a_refusal_in_one_channel_stops_no_other() -> None:
    rate_limiter = few()
    await call(rate_limiter, 1, POST, "C1")
    rate_limiter.refused(POST, "C1", retry_after=30.0)
    await call(rate_limiter, 1, POST, "C2")
    assert now() == 0.0
    await call(rate_limiter, 1, POST, "C1")
    assert now() == 30.0


async def test_a_refusal_of_the_workspace_stops_all_channels() -> None:
    rate_limiter = few()
    # Five of six for the workspace, and one of two for each channel.
    for number in range(5):
        await call(rate_limiter, 1, POST, f"C{number}")
    rate_limiter.refused(POST, "C0", retry_after=30.0)
    assert rate_limiter.delay(POST, "C0", priority=Priority.FINAL) == 30.0
    assert rate_limiter.delay(POST, "C9", priority=Priority.FINAL) == 30.0
    assert rate_limiter.delay(EDIT, priority=Priority.FINAL) == 0.0


async def test_who_waits_when_slack_refuses_waits_for_as_long_as_slack_says() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    waiting = asyncio.create_task(call(rate_limiter, 1))
    await asyncio.sleep(1.0)
    rate_limiter.refused(EDIT, "", retry_after=30.0)
    await waiting
    assert now() == 31.0


async def test_refusals_at_the_same_moment_teach_once() -> None:
    rate_limiter = few()
    for _ in range(8):
        rate_limiter.refused(EDIT, "", retry_after=1.0)
    await asyncio.sleep(60)
    began = now()
    await call(rate_limiter, 5)
    assert now() == began


async def test_what_is_reserved_is_kept_for_the_end() -> None:
    rate_limiter, began = few(), now()
    assert [rate_limiter.try_reserve(EDIT) for _ in range(12)] == [True] * 10 + [False] * 2
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) > 0
    for _ in range(10):
        rate_limiter.release(EDIT)
        await call(rate_limiter, 1)
    assert now() == began


async def test_nothing_is_reserved_while_slack_is_not_ready() -> None:
    rate_limiter = few()
    rate_limiter.refused(EDIT, "", retry_after=30.0)
    assert not rate_limiter.try_reserve(EDIT)
    await asyncio.sleep(30.0)
    assert rate_limiter.try_reserve(EDIT)
    assert not rate_limiter.try_reserve(EDIT)


async def test_what_is_taken_back_can_be_reserved_again() -> None:
    rate_limiter = few()
    assert all(rate_limiter.try_reserve(EDIT) for _ in range(10))
    rate_limiter.release(EDIT)
    assert [rate_limiter.try_reserve(EDIT), rate_limiter.try_reserve(EDIT)] == [True, False]


async def test_what_is_reserved_is_held_back_though_there_is_none_left() -> None:
    rate_limiter = few()
    await call(rate_limiter, 10)
    rate_limiter.reserve(EDIT)
    rate_limiter.reserve(EDIT)
    # Two that are reserved are less than the reserve of four.
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == 10.0
    for _ in range(6):
        rate_limiter.reserve(EDIT)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == 18.0
    assert rate_limiter.delay(EDIT, priority=Priority.FINAL) == 2.0


async def test_the_interval_widens_as_more_replies_grow() -> None:
    rate_limiter = RateLimiter(now)
    intervals = []
    for _ in range(18):
        rate_limiter.reserve(EDIT)
        intervals.append(rate_limiter.interval(EDIT))
    assert intervals[0] == 1.0
    assert intervals == sorted(intervals)
    assert intervals[-1] > 20 - 1e-9


async def test_the_interval_is_a_second_again_when_the_others_have_ended() -> None:
    rate_limiter = few()
    intervals = []
    for change in (rate_limiter.reserve,) * 4 + (rate_limiter.release,) * 3:
        change(EDIT)
        intervals.append(rate_limiter.interval(EDIT))
    # Half a call a second, and six above the reserve that are spent over ten seconds.
    assert intervals == pytest.approx([1.0, 2 / 1.1, 3 / 1.1, 4 / 1.1, 3 / 1.1, 2 / 1.1, 1.0])


async def test_the_interval_of_streams_goes_by_how_many_have_to_be_ended() -> None:
    rate_limiter = few()
    for _ in range(8):
        rate_limiter.reserve("chat.stopStream")
    assert rate_limiter.interval("chat.appendStream") == 1.0
    assert rate_limiter.interval("chat.appendStream", ended_by="chat.stopStream") > 1.0


async def test_a_single_reply_is_edited_about_once_a_second() -> None:
    rate_limiter = RateLimiter(now)
    rate_limiter.reserve(EDIT)
    began, edits = now(), 0
    while now() - began < 60:
        await asyncio.sleep(max(rate_limiter.interval(EDIT), rate_limiter.delay(EDIT, priority=Priority.INTERIM)))
        await rate_limiter.acquire(EDIT, priority=Priority.INTERIM)
        edits += 1
    assert 50 <= edits <= 61


async def test_quiet_channels_are_forgotten() -> None:
    rate_limiter = few()
    for number in range(100):
        await call(rate_limiter, 1, POST, f"C{number}")
        await asyncio.sleep(10)
    assert len(rate_limiter._gates) <= 2


class CountingSlack:
    """Counts calls as the local workspace does, each a moment after it was made."""

    def __init__(self, rate: Rate, lag: random.Random) -> None:
        self.bucket = SlacksBucket(rate, now())
        self.lag = lag
        self.refusals = 0

    async def call(self) -> float:
        """Take a call; returns the seconds of its Retry-After, or 0."""
        await asyncio.sleep(self.lag.uniform(0.0, 0.4))
        wait = self.bucket.wait(now())
        if wait > 0:
            self.refusals += 1
            return float(max(1, math.ceil(wait)))
        self.bucket.take()
        return 0.0


async def growing(rate_limiter: RateLimiter, slack: CountingSlack, seconds: float) -> float:
    """A reply that is edited while there is room; returns how late its final text was."""
    end = now() + seconds
    while not rate_limiter.try_reserve(EDIT):
        await asyncio.sleep(0.5)
        if now() > end:
            return 0.0
    while (
        pause := max(rate_limiter.interval(EDIT), rate_limiter.delay(EDIT, priority=Priority.INTERIM))
    ) < end - now():
        await asyncio.sleep(pause)
        if rate_limiter.delay(EDIT, priority=Priority.INTERIM) <= 0:
            await rate_limiter.acquire(EDIT, priority=Priority.INTERIM)
            await slack.call()
    await asyncio.sleep(max(end - now(), 0))
    rate_limiter.release(EDIT)
    while True:
        await rate_limiter.acquire(EDIT, priority=Priority.FINAL)
        if (wait := await slack.call()) == 0:
            return now() - end
        rate_limiter.refused(EDIT, "", retry_after=wait)


@pytest.mark.parametrize("replies", [1, 5, 20, 100])
@pytest.mark.parametrize("seed", range(3))
async def test_however_many_grow_at_once_slack_refuses_nothing_and_finals_are_on_time(replies: int, seed: int) -> None:
    rng = random.Random(seed)
    rate_limiter, slack = RateLimiter(now), CountingSlack(Rate(50, 20), rng)
    for _ in range(3):
        work = [growing(rate_limiter, slack, rng.uniform(4, 12)) for _ in range(replies)]
        late = await asyncio.gather(*work)
        assert slack.refusals == 0
        assert max(late) < 1.0
        await asyncio.sleep(rng.uniform(0, 5))


async def test_however_many_would_grow_those_that_are_shown_go_on_growing_and_end_on_time() -> None:
    rate_limiter, edits = RateLimiter(now), Counter[int]()
    shown = [number for number in range(30) if rate_limiter.try_reserve(EDIT)]
    rate_limiter.want(EDIT, 30 - len(shown))

    async def grow(number: int) -> None:
        while True:
            while (delay := rate_limiter.delay(EDIT, priority=Priority.INTERIM)) > 0:
                await asyncio.sleep(delay)
            await call(rate_limiter, 1, priority=Priority.INTERIM)
            edits[number] += 1
            await asyncio.sleep(rate_limiter.interval(EDIT))

    growing = [asyncio.create_task(grow(number)) for number in shown]
    await asyncio.wait(growing, timeout=120)
    for each in growing:
        each.cancel()
        rate_limiter.release(EDIT)
    await call(rate_limiter, len(shown))
    assert now() == 120.0
    assert len(shown) == 17
    assert min(edits[number] for number in shown) >= 3


@pytest.mark.parametrize("seed", range(3))
async def test_a_slack_that_allows_less_than_it_says_is_learned(seed: int) -> None:
    rng = random.Random(seed)
    rate_limiter, slack = RateLimiter(now), CountingSlack(Rate(50, 5), rng)
    for _ in range(10):
        await asyncio.gather(*(growing(rate_limiter, slack, rng.uniform(4, 12)) for _ in range(12)))
    first = slack.refusals
    for _ in range(3):
        await asyncio.gather(*(growing(rate_limiter, slack, rng.uniform(4, 12)) for _ in range(3)))
    assert 0 < first < 60
    assert slack.refusals - first <= 3


async def test_limits_are_settings() -> None:
    limits = read_limits("chat.update=20/5, chat.postMessage=30 chat.postMessage/workspace=100")
    assert (limits[EDIT].burst, limits[EDIT].per_minute) == (5, 20)
    assert (limits[POST].burst, limits[POST].per_minute) == (2.25, 30)
    assert limits[WORKSPACE].per_minute == 100
    assert limits["chat.delete"] == LIMITS["chat.delete"]
    assert read_limits("") == LIMITS


@pytest.mark.parametrize("text", ["chat.update", "chat.update=0", "chat.update=5/0", "no.method=5", "chat.update=-1"])
async def test_limits_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_limits(text)


async def test_first_texts_go_before_further_edits() -> None:
    rate_limiter = few()
    for _ in range(5):
        assert rate_limiter.try_reserve(EDIT)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == 0
    rate_limiter.want(EDIT, 5)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) > 0
    rate_limiter.want(EDIT, -5)
    assert rate_limiter.delay(EDIT, priority=Priority.INTERIM) == 0


async def test_what_nobody_waits_for_keeps_no_command_waiting() -> None:
    rate_limiter, order = few(), list[str]()
    await call(rate_limiter, 10)

    async def one(name: str, priority: Priority) -> None:
        await rate_limiter.acquire(EDIT, priority=priority)
        order.append(name)

    reading = [asyncio.create_task(one(f"read {number}", Priority.BACKGROUND)) for number in range(5)]
    await asyncio.sleep(0)
    command = asyncio.create_task(one("command", Priority.COMMAND))
    await asyncio.gather(command, *reading)
    assert order[0] == "command"


async def test_of_one_priority_everybody_is_served_in_turn() -> None:
    rate_limiter, order = few(), list[str]()
    await call(rate_limiter, 10)

    async def one(whose: str) -> None:
        await rate_limiter.acquire(EDIT, priority=Priority.COMMAND, whose=whose)
        order.append(whose)

    tasks = []
    for whose in ("alice",) * 5 + ("bob",) * 2:
        tasks.append(asyncio.create_task(one(whose)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == ["alice", "bob", "alice", "bob", "alice", "alice", "alice"]
