"""Where a search looks when nobody can tell in which channels somebody is."""

import asyncio
from types import SimpleNamespace
from typing import cast

from chathakase.core.jobs import Command, Job
from chathakase.core.types import NO_SESSION, Place, Session, Where
from chathakase.engine.commands.command_answers import Order
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.searching import AT_ONCE, Searching
from tests.places import slack_place

DIRECT = slack_place("D1", "")
CHANNELS = frozenset({DIRECT, *(slack_place(f"C{number}", "") for number in range(3 * AT_ONCE))})
ELSEWHERE = frozenset({slack_place("D2", "", team="T2"), slack_place("D1", "", team="T2")})


class Channels:
    """Some channels, of which it takes a while to be told."""

    def __init__(self) -> None:
        self.under_way = self.most = 0

    async def channels_of(self, author: str) -> frozenset[Place]:
        return CHANNELS | ELSEWHERE if author == "U1" else frozenset()

    async def where(self, place: Place) -> Where:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return Where("", direct=place.channel.startswith("D"))


async def test_several_channels_are_looked_up_at_once_but_not_all() -> None:
    channels = Channels()
    context = SimpleNamespace(surface=channels, stores=SimpleNamespace(search=channels))
    place = slack_place("D1", "1.0")
    job = Job(Command(place, "1.0", "U1", "search threads"))
    order = Order(Session(NO_SESSION, place), "1.0", "U1", "hello", job, place, 0)
    assert await Searching(cast("CommandContext", context))._direct(order) == {DIRECT}
    assert channels.most == AT_ONCE
