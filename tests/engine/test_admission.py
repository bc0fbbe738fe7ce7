"""One person, or one channel, does not take everybody's turn."""

from dataclasses import replace

import pytest

from chathakase.core.types import Incoming
from chathakase.engine.access.admission import BUSY, TOO_MANY_BY_YOU, TOO_MANY_HERE, WINDOW, Admission, LoadLimits
from tests.doubles.clock import SettableClock
from tests.places import slack_place

QUESTION = Incoming(slack_place("C1", "1.0"), "1.0", "U1", "hello", said=1, opens=True, asks=True)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


def tells(admission: Admission, question: Incoming) -> bool:
    with admission.telling(question) as tells:
        return tells


def test_without_limits_everything_is_admitted(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(), clock)
    assert not any(admission.refusal(QUESTION, waiting=10**6) for _ in range(1000))


def test_a_person_is_counted_everywhere(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_person=2), clock)
    elsewhere = replace(QUESTION, place=slack_place("C2", "1.0"))
    assert [admission.refusal(question, waiting=0) for question in (QUESTION, elsewhere, QUESTION)] == [
        None,
        None,
        TOO_MANY_BY_YOU,
    ]
    assert admission.refusal(replace(QUESTION, author="U2"), waiting=0) is None
    clock.now += WINDOW
    assert admission.refusal(QUESTION, waiting=0) is None


def test_a_channel_is_counted_over_everybody(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_channel=1), clock)
    assert admission.refusal(QUESTION, waiting=0) is None
    assert admission.refusal(replace(QUESTION, author="U2"), waiting=0) == TOO_MANY_HERE
    assert admission.refusal(replace(QUESTION, place=slack_place("C2", "1.0")), waiting=0) is None


@pytest.mark.parametrize("other", [{"workspace": "T2"}, {"surface": "another"}], ids=["workspace", "surface"])
def test_whoever_has_the_same_id_elsewhere_is_somebody_else(other: dict[str, str], clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_person=1, by_channel=1), clock)
    elsewhere = replace(QUESTION, place=replace(QUESTION.place, **other))
    assert admission.refusal(QUESTION, waiting=0) is None
    assert admission.refusal(elsewhere, waiting=0) is None
    assert admission.refusal(elsewhere, waiting=0) == TOO_MANY_BY_YOU
    assert tells(admission, QUESTION)
    assert tells(admission, elsewhere)
    assert not tells(admission, elsewhere)


def test_only_so_many_may_wait(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(waiting=3), clock)
    assert [admission.refusal(QUESTION, waiting=waiting) for waiting in (2, 3)] == [None, BUSY]


def test_what_was_had_already_does_not_count(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_person=1, by_channel=1), clock)
    assert admission.refusal(QUESTION, waiting=0) is None
    admission.take_back(QUESTION)
    assert admission.refusal(QUESTION, waiting=0) is None
    assert admission.refusal(QUESTION, waiting=0) == TOO_MANY_BY_YOU


def test_nobody_is_remembered_who_asks_no_more(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_person=5, by_channel=5), clock)
    for number in range(5):
        assert admission.refusal(replace(QUESTION, author=f"U{number}"), waiting=0) is None
    assert len(admission._asked) == 6
    clock.now += WINDOW
    assert admission.refusal(QUESTION, waiting=0) is None
    admission.take_back(QUESTION)
    assert admission.refusal(replace(QUESTION, author="U2"), waiting=0) is None
    assert set(admission._asked) == {slack_place("", "").user_key("U2"), slack_place("C1", "")}


def test_somebody_is_told_once_in_a_while(clock: SettableClock) -> None:
    admission = Admission(LoadLimits(by_person=1), clock)
    assert tells(admission, QUESTION)
    assert not tells(admission, QUESTION)
    assert tells(admission, replace(QUESTION, place=slack_place("C1", "2.0")))
    admission.untell(QUESTION)
    assert tells(admission, QUESTION)
    assert not tells(admission, QUESTION)
    clock.now += WINDOW
    assert tells(admission, QUESTION)
    assert len(admission._told) == 1
