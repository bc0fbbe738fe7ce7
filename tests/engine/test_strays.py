"""What comes before the message that opens its session is kept for that."""

from dataclasses import replace

import pytest

from chathakase.core.types import Incoming
from chathakase.engine.strays import KEPT, MOST, Strays
from tests.places import slack_place

OPENING = Incoming(slack_place("C1", "1.0"), "1.0", "U1", "hello", said=10, opens=True, asks=True)
STRAY = replace(OPENING, ref="2.0", said=20, opens=False)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strays(clock: Clock) -> Strays:
    return Strays(clock)


def test_they_come_once_and_in_order(strays: Strays) -> None:
    later = replace(STRAY, ref="3.0", said=30)
    for stray in (later, STRAY, later):
        strays.keep(stray)
    assert strays.take(OPENING) == [STRAY, later]
    assert strays.take(OPENING) == []


def test_those_of_other_threads_stay(strays: Strays) -> None:
    strays.keep(STRAY)
    assert strays.take(replace(OPENING, place=slack_place("C1", "9.0"))) == []
    assert strays.take(OPENING) == [STRAY]


def test_what_was_said_before_is_people_s_talk(strays: Strays) -> None:
    strays.keep(replace(STRAY, said=5))
    assert strays.take(OPENING) == []


def test_they_are_kept_for_a_while_only(strays: Strays, clock: Clock) -> None:
    strays.keep(STRAY)
    clock.now += KEPT + 1
    assert strays.take(OPENING) == []


@pytest.mark.parametrize("other", [{"workspace": "T2"}, {"surface": "another"}], ids=["workspace", "surface"])
def test_what_is_said_in_the_same_thread_of_another_workspace_belongs_elsewhere(
    other: dict[str, str], strays: Strays
) -> None:
    strays.keep(STRAY)
    assert strays.take(replace(OPENING, place=replace(OPENING.place, **other))) == []
    assert strays.take(OPENING) == [STRAY]


def test_only_so_many_are_kept(strays: Strays) -> None:
    for number in range(MOST + 1):
        strays.keep(replace(STRAY, ref=str(number)))
    assert len(strays.take(OPENING)) == MOST


def test_those_whose_session_somebody_else_opened_come_in_order(strays: Strays, clock: Clock) -> None:
    strays.keep(replace(STRAY, ref="3.0", said=30))
    strays.keep(STRAY)
    place = STRAY.place
    assert strays.places() == {place}
    assert [stray.said for stray in strays.take_all(place)] == [20, 30]
    assert strays.take_all(place) == []
    strays.keep(STRAY)
    clock.now += KEPT + 1
    assert strays.places() == frozenset()
