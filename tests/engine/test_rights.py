"""What somebody may do in a session by their part in it."""

from typing import cast

import pytest

from chathakase.core.ports import SessionStore, Surface
from chathakase.core.types import Place, Roster, Session, SessionId
from chathakase.engine.access.rights import Right, Rights
from tests.places import slack_place

CHANNEL, DIRECT = slack_place("C1", "1.0"), slack_place("D1", "1.0")


class RosterStage:
    """A session with a roster, and a surface with an admin."""

    def __init__(self, roster: Roster, *, admins: tuple[str, ...] = ()) -> None:
        self.roster_there = roster
        self.admins = admins
        self.asked: list[str] = []

    async def roster(self, _: SessionId) -> Roster:
        return self.roster_there

    def is_direct(self, place: Place) -> bool:
        return place.channel == DIRECT.channel

    async def is_admin(self, _: Place, user: str) -> bool:
        self.asked.append(user)
        return user in self.admins

    @property
    def rights(self) -> Rights:
        return Rights(cast("Surface", self), cast("SessionStore", self), {})


def roster(owner: str, *participants: str, backfilled: bool = True) -> Roster:
    return Roster(owner, frozenset(participants), backfilled)


PARTS = {
    "who asked first": (roster("U1", "U1", "U2"), Right.OWN),
    "who asked first and had it forgotten": (roster("U1", "U2"), Right.OWN),
    "who wrote, too": (roster("U2", "U1", "U2"), Right.TAKE_PART),
    "who alone is remembered in another's session": (roster("U2", "U1"), Right.TAKE_PART),
    "who wrote nothing": (roster("U2", "U2"), Right.READ),
    "who wrote alone in nobody's": (roster("", "U1"), Right.OWN),
    "where nobody wrote": (roster(""), Right.OWN),
    "who wrote in nobody's as others did": (roster("", "U1", "U2"), Right.TAKE_PART),
    "who wrote nothing in nobody's": (roster("", "U2"), Right.READ),
    "who wrote in nobody's, with others perhaps": (roster("", "U1", backfilled=False), Right.TAKE_PART),
    "where others wrote, perhaps": (roster("", backfilled=False), Right.READ),
}


@pytest.mark.parametrize(("there", "right"), PARTS.values(), ids=PARTS)
async def test_the_part_that_somebody_has(there: Roster, right: Right) -> None:
    assert await RosterStage(there).rights.part(Session(SessionId("s1"), CHANNEL), "U1", where=CHANNEL) is right


async def test_a_direct_message_belongs_to_whoever_is_there() -> None:
    stage = RosterStage(roster("U2", "U2"))
    session = Session(SessionId("s1"), DIRECT)
    assert await stage.rights.part(session, "U1", where=DIRECT.beside("D1")) is Right.OWN


async def test_elsewhere_a_direct_message_belongs_to_whoever_asked_first_in_it() -> None:
    session, overview = Session(SessionId("s1"), DIRECT), DIRECT.beside("")
    stage = RosterStage(roster("U2", "U2"), admins=("U9",))
    assert await stage.rights.part(session, "U1", where=overview) is Right.READ
    assert await stage.rights.part(session, "U2", where=overview) is Right.OWN
    assert not await stage.rights.have(Right.OWN, session, "U1", where=overview)
    assert await stage.rights.have(Right.OWN, session, "U9", where=overview)


async def test_it_is_asked_who_is_an_admin_only_where_that_matters() -> None:
    stage = RosterStage(roster("U1", "U1", "U2"), admins=("U9",))
    session = Session(SessionId("s1"), CHANNEL)
    assert await stage.rights.have(Right.OWN, session, "U1", where=CHANNEL)
    assert await stage.rights.have(Right.TAKE_PART, session, "U2", where=CHANNEL)
    assert stage.asked == []
    assert not await stage.rights.have(Right.OWN, session, "U2", where=CHANNEL)
    assert not await stage.rights.have(Right.ADMINISTER, session, "U1", where=CHANNEL)
    assert await stage.rights.have(Right.ADMINISTER, session, "U9", where=CHANNEL)
    assert stage.asked == ["U2", "U1", "U9"]
