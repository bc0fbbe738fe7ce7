"""How long is waited before a socket is opened again."""

import random

from chathakase.slack.socket_mode.socket_timing import USUAL, SocketTiming


def test_the_first_try_is_at_once_and_later_ones_wait_longer_and_longer() -> None:
    retries = USUAL.reopening.begin(lambda: 0.0, spread=random.Random(1).uniform)
    waits = [retries.next_wait() for _ in range(40)]
    assert waits[0] == 0.0
    for tries, wait in enumerate(waits[1:], 1):
        assert 1.0 <= wait <= min(60.0, 2.0**tries)
    assert len(set(waits)) == len(waits)


def test_ten_minutes_of_outage_are_few_tries() -> None:
    for seed in range(50):
        retries, passed, tries = USUAL.reopening.begin(lambda: 0.0, spread=random.Random(seed).uniform), 0.0, 0
        while (passed := passed + retries.next_wait()) < 600.0:
            tries += 1
        assert tries < 45


def test_it_begins_anew_when_all_is_well() -> None:
    retries = SocketTiming(first_wait=2.0, longest_wait=3.0).reopening.begin(
        lambda: 0.0, spread=random.Random(1).uniform
    )
    for _ in range(5):
        retries.next_wait()
    retries.reset()
    assert retries.next_wait() == 0.0
    assert 2.0 <= retries.next_wait() <= 3.0


def test_however_long_it_takes_it_is_tried_again() -> None:
    retries = USUAL.reopening.begin(lambda: 0.0)
    for _ in range(1_000):
        assert not retries.are_over
        retries.next_wait()
