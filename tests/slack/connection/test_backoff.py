import random

from chathakase.slack.connection.backoff import Backoff
from chathakase.slack.connection.tempo import USUAL, Tempo


def test_the_first_try_is_at_once_and_later_ones_wait_longer_and_longer() -> None:
    backoff = Backoff(USUAL, random.Random(1))
    waits = [backoff.next() for _ in range(40)]
    assert waits[0] == 0.0
    for tries, wait in enumerate(waits[1:], 1):
        assert 1.0 <= wait <= min(60.0, 2.0**tries)
    assert len(set(waits)) == len(waits)


def test_ten_minutes_of_outage_are_few_tries() -> None:
    for seed in range(50):
        backoff, passed, tries = Backoff(USUAL, random.Random(seed)), 0.0, 0
        while (passed := passed + backoff.next()) < 600.0:
            tries += 1
        assert tries < 45


def test_it_begins_anew_when_all_is_well() -> None:
    backoff = Backoff(Tempo(first_wait=2.0, longest_wait=3.0), random.Random(1))
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() == 0.0
    assert 2.0 <= backoff.next() <= 3.0
