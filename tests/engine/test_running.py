"""Turns that are under way are found by their session, and by where they are answered."""

from dataclasses import replace

from chathakase.core.types import Lease, SessionId
from chathakase.engine.running import Running
from tests.places import slack_place

PLACE, OTHER = slack_place("C1", "1.0"), slack_place("C1", "1.0", team="T2")
LEASE = Lease(SessionId("s1"), PLACE, "owner", "turn", since=0, upto=1, attempt=1, refs=())
THERE = replace(LEASE, session=SessionId("s2"), place=OTHER)


async def test_two_places_with_the_same_name_are_told_apart() -> None:
    running = Running()
    with running.turn(LEASE) as here, running.turn(THERE) as there:
        assert (running.find(LEASE.session), running.find(THERE.session)) == (here, there)
        assert (running.at(PLACE), running.at(OTHER)) == (here, there)
        running.begin_anew(THERE.session)
        assert (here.changed.is_set(), there.changed.is_set()) == (False, True)
    assert running.find(LEASE.session) is running.at(PLACE) is None


async def test_a_session_that_was_moved_is_found_at_both_places_while_it_is_answered() -> None:
    """What is under way ends where it began, while another session may begin there."""
    running = Running()
    with running.turn(LEASE) as begun:
        with running.turn(replace(LEASE, session=SessionId("s3"))) as new:
            assert running.at(PLACE) is new
            assert running.find(LEASE.session) is begun
        assert running.find(SessionId("s3")) is None
    assert running.at(PLACE) is None
