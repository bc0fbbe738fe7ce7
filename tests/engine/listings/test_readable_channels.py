"""Where threads are looked for when nobody can tell in which channels somebody is."""

import asyncio
from typing import cast

from chathakase.core.errors import DeliveryError
from chathakase.core.ports import SearchStore, Surface
from chathakase.core.types import Place, Where
from chathakase.engine.listings.readable_channels import AT_ONCE, ReadableChannels
from tests.places import slack_place

DIRECT = slack_place("D1", "")
CHANNELS = frozenset({DIRECT, *(slack_place(f"C{number}", "") for number in range(3 * AT_ONCE))})
ELSEWHERE = frozenset({slack_place("D2", "", team="T2"), slack_place("D1", "", team="T2")})


class Channels:
    """Some channels, of which it takes a while to be told."""

    def __init__(self) -> None:
        self.under_way = self.most = 0

    async def channels_with(self, _: Place, __: str) -> frozenset[str]:
        raise DeliveryError("missing_scope")

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
    readable = ReadableChannels(cast("SearchStore", channels), cast("Surface", channels))
    found = await readable.of("U1", slack_place("D1", "1.0"))
    assert (found.channels, found.only_direct) == ({DIRECT}, True)
    assert "so I searched only your direct messages" in found.note("searched")
    assert channels.most == AT_ONCE
