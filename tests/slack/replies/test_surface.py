"""One contract for a surface in memory and for Slack's, on a Slack in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError
from chathakase.core.ports import Reply, Surface
from chathakase.core.types import Lease, Place, SessionId
from chathakase.slack.message_addresses import MessageAddresses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.surface import SlackSurface
from tests.doubles.surface import SurfaceInMemory
from tests.places import TEAM
from tests.slack.homes import home_of
from tests.slack.identity import BOT
from tests.slack.replies.desk import ALICE, DIRECT, POST, Desk

pytestmark = pytest.mark.virtual_time


@dataclass
class Town:
    """A surface, and a thread on it in which somebody has asked something."""

    surface: Surface
    place: Place
    desk: Desk | None = None
    refs: list[Sequence[str]] = field(default_factory=list)
    """What was heard of the messages of its answers."""

    def reply(self, lease: Lease | None = None) -> Reply:
        async def posted(refs: Sequence[str]) -> None:
            self.refs.append(tuple(refs))

        async def members() -> frozenset[str]:
            return frozenset()

        return self.surface.reply(self.place, lease=lease or self.lease(), posted=posted, members=members)

    def lease(self, *refs: str) -> Lease:
        return Lease(SessionId("s1"), self.place, "a1", "a1", since=0, upto=1, attempt=1, refs=refs, by=ALICE)

    def refuse(self) -> None:
        """Take no more answers there."""
        if self.desk is not None:
            self.desk.faults.slack_error(POST, "is_archived", times=9)
        else:
            self.surface.refusal = DeliveryError("is_archived")  # type: ignore[attr-defined]

    @property
    def read(self) -> list[str]:
        """What people read of our answers, each message."""
        if self.desk is not None:
            return list(self.desk.shown())
        replies = self.surface.replies  # type: ignore[attr-defined]
        return [reply.final.text if reply.final else reply.texts[-1] for reply in replies if reply.final or reply.texts]


@pytest.fixture(params=["slack", "memory"])
def town(request: pytest.FixtureRequest) -> Town:
    if request.param == "memory":
        return Town(SurfaceInMemory(), Place("town", TEAM, "C1", "1"))
    desk: Desk = request.getfixturevalue("desk")
    people = People(desk.slack.client, monotonic, identity=BOT)
    places, addresses = Places(desk.calls, monotonic), MessageAddresses("")
    surface = SlackSurface(desk.tools, people, places, home_of(BOT, desk.calls), addresses, native=False)
    return Town(surface, desk.place, desk)


async def test_an_answer_is_one_message_that_grows_and_ends(town: Town) -> None:
    async with town.reply() as reply:
        assert (await reply.settled(), town.read) == (False, [])
        await reply.ready()
        assert await reply.show("Well")
        assert (await reply.settled(), town.read) == (True, ["Well"])
        await reply.ready()
        await reply.show("Well, no")
        await reply.finish("Well, no.")
    assert town.read == ["Well, no."]
    assert len({*town.refs}) == 1
    assert len(town.refs[0]) == 1


async def test_an_answer_that_is_taken_up_again_is_written_over_what_there_is(town: Town) -> None:
    async with town.reply() as reply:
        await reply.show("Well")
    async with town.reply(town.lease(*town.refs[-1])) as again:
        await again.finish("Yes.")
    if town.desk is not None:
        assert town.read == ["Yes."]
    assert {*town.refs} == {town.refs[0]}, "no other message was posted"


async def test_what_cannot_be_delivered_raises(town: Town) -> None:
    town.refuse()
    async with town.reply() as reply:
        with pytest.raises(DeliveryError, match="is_archived"):
            await reply.finish("Yes.")
        assert not await reply.settled()
    assert (town.read, town.refs) == ([], [])


async def test_somebody_unknown_is_called_by_their_id(town: Town) -> None:
    found = await town.surface.people(town.place, ["U0NOBODY01"])
    assert found["U0NOBODY01"].name == "U0NOBODY01"


async def test_where_a_place_is_can_be_told(town: Town) -> None:
    there = await town.surface.where(town.place)
    assert (there.channel, there.direct, town.surface.is_direct(town.place)) == ("general", False, False)
    direct = town.place.beside(DIRECT, "1")
    assert town.surface.is_direct(direct)
    assert (await town.surface.where(direct)).direct


async def test_what_one_person_is_told_stands_in_no_thread(town: Town) -> None:
    await town.surface.post_ephemeral(town.place, ALICE, "only for you")
    await town.surface.tell(town.place, ALICE, "elsewhere")
    assert town.read == []
