"""What comes before the message that opens its session is kept for that."""

from dataclasses import replace

import pytest

from chathakase.core.types import Incoming
from chathakase.engine.intake.reorder_buffer import KEPT, MOST, ReorderBuffer
from tests.doubles.clock import SettableClock
from tests.places import slack_place

OPENING = Incoming(slack_place("C1", "1.0"), "1.0", "U1", "hello", said=10, opens=True, asks=True)
NO_SESSION_YET = replace(OPENING, ref="2.0", said=20, opens=False)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def reorder_buffer(clock: SettableClock) -> ReorderBuffer:
    return ReorderBuffer(clock)


def test_they_come_once_and_in_order(reorder_buffer: ReorderBuffer) -> None:
    later = replace(NO_SESSION_YET, ref="3.0", said=30)
    for early in (later, NO_SESSION_YET, later):
        reorder_buffer.keep(early)
    assert reorder_buffer.take(OPENING) == [NO_SESSION_YET, later]
    assert reorder_buffer.take(OPENING) == []


def test_those_of_other_threads_stay(reorder_buffer: ReorderBuffer) -> None:
    reorder_buffer.keep(NO_SESSION_YET)
    assert reorder_buffer.take(replace(OPENING, place=slack_place("C1", "9.0"))) == []
    assert reorder_buffer.take(OPENING) == [NO_SESSION_YET]


def test_what_was_said_before_is_people_s_talk(reorder_buffer: ReorderBuffer) -> None:
    reorder_buffer.keep(replace(NO_SESSION_YET, said=5))
    assert reorder_buffer.take(OPENING) == []


def test_they_are_kept_for_a_while_only(reorder_buffer: ReorderBuffer, clock: SettableClock) -> None:
    reorder_buffer.keep(NO_SESSION_YET)
    clock.now += KEPT + 1
    assert reorder_buffer.take(OPENING) == []


@pytest.mark.parametrize("other", [{"workspace": "T2"}, {"surface": "another"}], ids=["workspace", "surface"])
def test_what_is_said_in_the_same_thread_of_another_workspace_belongs_elsewhere(
    other: dict[str, str], reorder_buffer: ReorderBuffer
) -> None:
    reorder_buffer.keep(NO_SESSION_YET)
    assert reorder_buffer.take(replace(OPENING, place=replace(OPENING.place, **other))) == []
    assert reorder_buffer.take(OPENING) == [NO_SESSION_YET]


def test_only_so_many_are_kept(reorder_buffer: ReorderBuffer) -> None:
    for number in range(MOST + 1):
        reorder_buffer.keep(replace(NO_SESSION_YET, ref=str(number)))
    assert len(reorder_buffer.take(OPENING)) == MOST


def test_those_whose_session_somebody_else_opened_come_in_order(
    reorder_buffer: ReorderBuffer, clock: SettableClock
) -> None:
    reorder_buffer.keep(replace(NO_SESSION_YET, ref="3.0", said=30))
    reorder_buffer.keep(NO_SESSION_YET)
    place = NO_SESSION_YET.place
    assert reorder_buffer.places() == {place}
    assert [early.said for early in reorder_buffer.take_all(place)] == [20, 30]
    assert reorder_buffer.take_all(place) == []
    reorder_buffer.keep(NO_SESSION_YET)
    clock.now += KEPT + 1
    assert reorder_buffer.places() == frozenset()
