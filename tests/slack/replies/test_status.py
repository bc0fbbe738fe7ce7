"""“is thinking…” beneath a thread: when it comes, how long it stays, and that it goes; in virtual time."""

import asyncio

import pytest

from chathakase.clock import monotonic as now
from chathakase.slack.replies.status import Thinking
from chathakase.slack.web.rate_limits import LIMITS, Limit
from tests.slack.replies.desk import STATUS, THINKING, Desk

pytestmark = pytest.mark.virtual_time

SESSION = "agents.sessions.setStatus"


class Otherwise:
    """Takes note of when something else must tell that words are on their way."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def __call__(self) -> None:
        self.times.append(now())


@pytest.fixture
def otherwise() -> Otherwise:
    return Otherwise()


@pytest.fixture
def thinking(desk: Desk, otherwise: Otherwise) -> Thinking:
    return Thinking(desk.statuses, desk.place, otherwise)


async def test_a_status_comes_after_a_silence_and_goes_at_the_end(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    await asyncio.sleep(0.39)
    assert desk.status() == ""
    await asyncio.sleep(0.02)
    assert desk.status() == THINKING
    await thinking.end()
    assert desk.status() == ""
    assert desk.times(STATUS) == [0.4, 0.41]


async def test_words_that_come_before_the_silence_is_over_need_no_status(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    await asyncio.sleep(0.3)
    await thinking.end()
    await asyncio.sleep(10.0)
    assert desk.times(STATUS) == []


async def test_a_status_is_renewed_before_slack_drops_it(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    for _ in range(50):
        await asyncio.sleep(10.0)
        assert desk.status() == THINKING
    assert desk.times(STATUS) == [0.4, 90.4, 180.4, 270.4, 360.4, 450.4]
    await thinking.end()
    await asyncio.sleep(500.0)
    assert len(desk.times(STATUS)) == 7


async def test_a_status_that_is_on_its_way_is_taken_back_after_it_has_arrived(desk: Desk, thinking: Thinking) -> None:
    desk.faults.delay(STATUS, 5.0)
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    thinking.over()
    await thinking.end()
    assert [call.arguments["status"] for call in desk.slack.journal.calls(STATUS)] == [THINKING, ""]
    assert (desk.status(), now()) == ("", 5.4)


async def test_whoever_ends_it_does_not_wait_long_for_its_clearing(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    desk.faults.delay(STATUS, 20.0)
    await thinking.end()
    assert (desk.status(), now()) == (THINKING, 3.0)
    await asyncio.sleep(20.0)
    assert desk.status() == ""


async def test_a_clearing_that_fails_is_made_again(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    desk.faults.http_error(STATUS, times=2)
    await thinking.end()
    assert desk.status() == ""
    assert desk.times(STATUS) == [0.4, 1.0, 1.5, 2.5]


async def test_a_clearing_that_is_refused_for_good_is_no_trouble(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    desk.faults.slack_error(STATUS, "channel_not_found")
    await thinking.end()
    assert now() == 1.0


async def test_a_status_for_which_there_is_no_room_comes_later(otherwise: Otherwise) -> None:
    desk = Desk(limits={**LIMITS, STATUS: Limit(burst=5, per_minute=60)})
    waiting = [Thinking(desk.statuses, desk.asked(), otherwise) for _ in range(3)]
    for each in waiting:
        each.begin(after=0.0)
    await asyncio.sleep(3.0)
    # A call is kept for taking each one back, so that the third finds none at first.
    assert desk.times(STATUS) == [0.0, 0.0, 2.0]
    await asyncio.gather(*(each.end() for each in waiting))
    assert [call.arguments["status"] for call in desk.slack.journal.calls(STATUS)] == [THINKING] * 3 + [""] * 3
    assert desk.times(STATUS)[3:] == [3.0, 3.0, 3.0]


async def test_a_status_that_arrives_while_another_of_its_thread_is_taken_back_goes_as_well(
    desk: Desk, thinking: Thinking, otherwise: Otherwise
) -> None:
    other = Thinking(desk.statuses, desk.place, otherwise)
    thinking.begin(after=0.4)
    other.begin(after=1.0)
    await asyncio.sleep(0.9)
    desk.faults.delay(STATUS, 5.0)
    await asyncio.sleep(0.2)
    await thinking.end()
    await asyncio.sleep(10.0)
    await other.end()
    await asyncio.sleep(10.0)
    assert desk.status() == ""


async def test_a_status_that_found_no_room_needs_no_clearing(desk: Desk, thinking: Thinking) -> None:
    desk.rate_limiter.refused(STATUS, "", retry_after=60.0)
    thinking.begin(after=0.4)
    await asyncio.sleep(30.0)
    await thinking.end()
    assert (desk.times(STATUS), now()) == ([], 30.0)


@pytest.mark.parametrize("error", ["unknown_method", "missing_scope", "feature_disabled"])
async def test_where_one_way_is_closed_the_other_is_taken(
    desk: Desk, thinking: Thinking, otherwise: Otherwise, error: str
) -> None:
    desk.faults.slack_error(STATUS, error)
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    assert desk.times(SESSION) == [0.4]
    assert otherwise.times == []
    await thinking.end()
    again = Thinking(desk.statuses, desk.asked(), otherwise)
    again.begin(after=0.0)
    await asyncio.sleep(1.0)
    await again.end()
    # The first way is not tried again in this workspace.
    assert desk.times(STATUS) == [0.4]


async def test_where_no_way_is_left_something_else_tells_at_once(
    desk: Desk, thinking: Thinking, otherwise: Otherwise
) -> None:
    desk.faults.slack_error(STATUS, "unknown_method")
    desk.faults.slack_error(SESSION, "unknown_method")
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    await thinking.end()
    assert otherwise.times == [0.4]


async def test_a_way_that_fails_three_times_in_a_row_is_taken_to_be_closed(desk: Desk, thinking: Thinking) -> None:
    desk.faults.slack_error(STATUS, "internal_error", times=3)
    thinking.begin(after=0.0)
    await asyncio.sleep(10.0)
    assert desk.times(STATUS) == [0.0, 2.0, 4.0]
    assert desk.times(SESSION) == [4.0]
    await thinking.end()


async def test_to_come_too_often_is_no_reason_to_close_a_way(desk: Desk, thinking: Thinking) -> None:
    desk.faults.rate_limit(STATUS, retry_after=1, times=5)
    thinking.begin(after=0.0)
    await asyncio.sleep(30.0)
    assert desk.times(SESSION) == []
    assert desk.status() == THINKING
    await thinking.end()


async def test_a_status_that_a_place_does_not_take_is_told_otherwise(
    desk: Desk, thinking: Thinking, otherwise: Otherwise
) -> None:
    desk.faults.slack_error(STATUS, "channel_not_found")
    thinking.begin(after=0.4)
    await asyncio.sleep(1.0)
    await thinking.end()
    assert otherwise.times == [0.4]
    # Elsewhere it may be taken.
    again = Thinking(desk.statuses, desk.asked(), otherwise)
    again.begin(after=0.0)
    await asyncio.sleep(1.0)
    await again.end()
    assert desk.errors() == [f"{STATUS} channel_not_found"]


async def test_the_end_of_the_process_clears_what_can_be_cleared_soon(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.0)
    await asyncio.sleep(1.0)
    desk.faults.delay(STATUS, 2.5)
    await thinking.end()
    assert now() == 3.0
    await desk.statuses.close()
    assert (desk.status(), now()) == ("", 3.5)


async def test_the_end_of_the_process_waits_for_no_slack_that_is_away(desk: Desk, thinking: Thinking) -> None:
    thinking.begin(after=0.0)
    await asyncio.sleep(1.0)
    desk.faults.hang(STATUS)
    await thinking.end()
    await desk.statuses.close()
    assert now() == 4.0
    assert await desk.statuses.show(desk.place) is None
