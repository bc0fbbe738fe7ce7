"""Turns that are under way are found by their session, and by where they are answered."""

from dataclasses import replace

from chathakase.core.types import Lease, SessionId
from chathakase.engine.turns.active_turns import ActiveTurns
from tests.places import slack_place

PLACE, OTHER = slack_place("C1", "1.0"), slack_place("C1", "1.0", team="T2")
LEASE = Lease(SessionId("s1"), PLACE, "owner", "turn", since=0, upto=1, attempt=1, refs=())
THERE = replace(LEASE, session=SessionId("s2"), place=OTHER)


async def test_two_places_with_the_same_name_are_told_apart() -> None:
    active_turns = ActiveTurns()
    with active_turns.turn(LEASE) as here, active_turns.turn(THERE) as there:
        assert (active_turns.find(LEASE.session), active_turns.find(THERE.session)) == (here, there)
        assert (active_turns.at(PLACE), active_turns.at(OTHER)) == (here, there)
        active_turns.restart(THERE.session)
        assert (here.changed.is_set(), there.changed.is_set()) == (False, True)
    assert active_turns.find(LEASE.session) is active_turns.at(PLACE) is None


async def test_a_session_that_was_moved_is_found_at_both_places_while_it_is_answered() -> None:
    """What is under way ends where it began, while another session may begin there."""
    active_turns = ActiveTurns()
    with active_turns.turn(LEASE) as begun:
        with active_turns.turn(replace(LEASE, session=SessionId("s3"))) as new:
            assert active_turns.at(PLACE) is new
            assert active_turns.find(LEASE.session) is begun
        assert active_turns.find(SessionId("s3")) is None
    assert active_turns.at(PLACE) is None
