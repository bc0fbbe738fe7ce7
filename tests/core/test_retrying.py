"""How long is waited before a retry, and when there is none any more."""

import math
import random

import pytest

from chathakase.core.retrying import RetryPolicy

STEADY = RetryPolicy(first_wait=0.5)
DOUBLED = RetryPolicy(first_wait=0.5, factor=2, longest_wait=3)
JITTERY = RetryPolicy(first_wait=1, factor=2, longest_wait=60, jitter=True)


@pytest.mark.parametrize(
    ("policy", "waits"),
    [
        (STEADY, [0.5, 0.5, 0.5]),
        (DOUBLED, [0.5, 1, 2, 3, 3]),
        (RetryPolicy(first_wait=1, factor=3, at_once=True), [0, 3, 9]),
    ],
)
def test_waits_grow_up_to_the_longest(policy: RetryPolicy, waits: list[float]) -> None:
    assert [policy.wait(retry) for retry in range(len(waits))] == waits


def test_waits_stay_finite_for_ever() -> None:
    assert DOUBLED.wait(10**9) == 3
    assert math.isfinite(RetryPolicy(first_wait=1, factor=2).wait(10**9))


def test_jitter_is_between_the_first_wait_and_the_whole() -> None:
    spread = random.Random(1).uniform
    waits = [JITTERY.wait(retry, spread) for retry in range(9) for _ in range(100)]
    assert all(1 <= wait <= min(2 ** (number // 100), 60) for number, wait in enumerate(waits))
    assert len(set(waits)) > 700
    assert [JITTERY.wait(3, max), JITTERY.wait(3, min)] == [8, 1]


def test_there_are_only_so_many_retries() -> None:
    retries = RetryPolicy(first_wait=1, retries=2).begin(lambda: 0.0)
    over = []
    for _ in range(4):
        over.append(retries.are_over)
        retries.next_wait()
    assert over == [False, False, True, True]


@pytest.mark.parametrize(("passed", "over"), [(0.0, False), (9.9, False), (10.0, True), (11.0, True)])
def test_there_are_retries_only_within_a_time(passed: float, over: bool) -> None:
    times = [100.0]
    retries = RetryPolicy(first_wait=1, within=10).begin(lambda: times[0])
    times[0] += passed
    assert retries.are_over == over


def test_to_begin_anew_forgets_both() -> None:
    times = [100.0]
    retries = RetryPolicy(first_wait=1, factor=2, retries=1, within=10).begin(lambda: times[0])
    assert retries.next_wait() == 1
    times[0] += 10
    assert retries.are_over
    retries.reset()
    assert not retries.are_over
    assert retries.next_wait() == 1
