"""How often a call is made, when, and when it is given up: in virtual time, on a Slack in memory."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.errors import DeliveryError
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority, RateLimiter
from tests.doubles.slack_web import BEGAN, SlackInMemory

pytestmark = pytest.mark.virtual_time

GENERAL, ALICE, POST, EDIT = "C0GENERAL1", "U0ALICE001", "chat.postMessage", "chat.update"
HOUR = 3_600.0


@pytest.fixture
async def slack() -> SlackInMemory:
    return SlackInMemory()


@pytest.fixture
async def calls(slack: SlackInMemory) -> Calls:
    return Calls(slack.client, RateLimiter(now), now)


def times(slack: SlackInMemory, method: str = POST) -> list[float]:
    """When Slack has answered."""
    return [round(call.at - BEGAN, 3) for call in slack.journal.calls(method)]


async def post(
    calls: Calls, text: str = "hello", *, priority: Priority = Priority.FINAL, repeatable: bool = True
) -> Mapping[str, Any]:
    body = {"channel": GENERAL, "text": text}
    return await calls.send(POST, body, priority=priority, channel=GENERAL, repeatable=repeatable)


async def test_an_answer_is_what_slack_said(slack: SlackInMemory, calls: Calls) -> None:
    answer = await post(calls)
    assert slack.world.timeline(GENERAL).get(answer["ts"])
    assert times(slack) == [0.0]


async def test_the_pauses_between_tries_grow_up_to_half_a_minute(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.http_error(POST, 503, times=9)
    await post(calls)
    assert times(slack) == [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5]


async def test_after_an_hour_an_urgent_call_is_given_up(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.slack_error(POST, "service_unavailable", times=1_000)
    with pytest.raises(DeliveryError) as failed:
        await post(calls)
    assert (str(failed.value), failed.value.passes, failed.value.unsure) == ("service_unavailable", False, False)
    assert HOUR <= now() <= HOUR + 30.0


async def test_what_slack_refuses_for_good_is_tried_once(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.slack_error(POST, "is_archived")
    with pytest.raises(DeliveryError, match="is_archived") as failed:
        await post(calls)
    assert not failed.value.passes
    assert times(slack) == [0.0]


async def test_an_urgent_call_waits_for_just_as_long_as_slack_says(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.rate_limit(POST, retry_after=7)
    await post(calls)
    assert times(slack) == [0.0, 7.0]


async def test_while_slack_says_to_wait_nobody_calls_the_method_there(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.rate_limit(POST, retry_after=7)
    first = asyncio.create_task(post(calls, "first"))
    await asyncio.sleep(1.0)
    assert await _code(post(calls, "interim", priority=Priority.INTERIM)) == "busy"
    await asyncio.gather(first, post(calls, "second"))
    # What Slack has refused teaches that half of it is allowed: one in two seconds.
    assert times(slack) == [0.0, 7.0, 9.0]


async def test_another_channel_is_not_held_up(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.rate_limit(POST, retry_after=7)
    first = asyncio.create_task(post(calls))
    await asyncio.sleep(1.0)
    await calls.send(POST, {"channel": "C0RANDOM01", "text": "hi"}, priority=Priority.FINAL, channel="C0RANDOM01")
    assert now() == 1.0
    await first


@pytest.mark.parametrize("priority", [Priority.INTERIM, Priority.STATUS])
async def test_what_is_not_urgent_is_tried_once(slack: SlackInMemory, calls: Calls, priority: Priority) -> None:
    slack.faults.rate_limit(POST, retry_after=7)
    with pytest.raises(DeliveryError, match="ratelimited") as failed:
        await post(calls, priority=priority)
    assert failed.value.passes
    assert (times(slack), now()) == ([0.0], 0.0)


async def test_what_is_not_urgent_does_not_wait_for_room(slack: SlackInMemory, calls: Calls) -> None:
    for _ in range(4):
        await post(calls)
    with pytest.raises(DeliveryError, match="busy") as failed:
        await post(calls, priority=Priority.INTERIM)
    assert failed.value.passes
    assert (len(times(slack)), now()) == (4, 0.0)


@pytest.mark.parametrize("priority", [Priority.FINAL, Priority.INTERIM])
async def test_what_may_not_be_done_twice_is_in_doubt_at_once(
    slack: SlackInMemory, calls: Calls, priority: Priority
) -> None:
    slack.faults.lose_answer(POST)
    with pytest.raises(DeliveryError) as failed:
        await post(calls, priority=priority, repeatable=False)
    assert (failed.value.unsure, failed.value.passes) == (True, True)
    assert (times(slack), now()) == ([0.0], 0.0)


async def test_what_may_be_done_twice_is_made_again_when_its_answer_was_lost(
    slack: SlackInMemory, calls: Calls
) -> None:
    slack.faults.lose_answer(POST)
    await post(calls)
    assert times(slack) == [0.0, 0.5]


async def test_a_refusal_leaves_no_doubt(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.rate_limit(POST, retry_after=3)
    await post(calls, repeatable=False)
    assert times(slack) == [0.0, 3.0]


async def test_a_call_that_slack_never_answers_is_given_up_and_made_again(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.hang(POST)
    await post(calls)
    assert now() == 30.5


async def test_answers_that_are_none_of_slacks_are_borne_three_times(slack: SlackInMemory, calls: Calls) -> None:
    slack.faults.html(POST, times=3)
    await post(calls)
    assert times(slack) == [0.0, 0.5, 1.5, 3.5]
    slack.faults.html(POST, times=4)
    with pytest.raises(DeliveryError, match="http_200") as failed:
        await post(calls)
    assert not failed.value.passes
    assert len(times(slack)) == 8


async def test_the_answer_to_a_command_gives_way_to_a_final_text(slack: SlackInMemory, calls: Calls) -> None:
    for _ in range(4):
        await post(calls)
    command, final = calls.of("bob", at_best=Priority.COMMAND), calls.of("alice")
    waiting = asyncio.create_task(post(command, "command"))
    await asyncio.sleep(0.1)
    await asyncio.gather(waiting, post(final, "final"))
    assert [message.text for message in slack.world.timeline(GENERAL).messages()][4:] == ["final", "command"]
    # One a second, and half of one was left of the burst.
    assert times(slack)[4:] == [0.5, 1.5]


async def test_whoever_gives_up_makes_no_call(slack: SlackInMemory, calls: Calls) -> None:
    for _ in range(4):
        await post(calls)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await post(calls, "given up")
    await asyncio.sleep(10.0)
    assert len(times(slack)) == 4


async def _code(made: Any) -> str:
    with pytest.raises(DeliveryError) as failed:
        await made
    return str(failed.value)
