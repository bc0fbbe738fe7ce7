"""Slack as the engine sees it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from uuid import uuid4

from chathakase.core.errands import Errand
from chathakase.core.types import Lease, Person, Place
from chathakase.slack.delivery.messages import Name
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.pagewriter import Origin
from chathakase.slack.delivery.reply import Delivery, SlackReply
from chathakase.slack.delivery.streamed import StreamedReply
from chathakase.slack.people import People


class SlackSurface:
    """Where people are (a Surface)."""

    def __init__(self, delivery: Delivery, people: People, *, native: bool) -> None:
        """``native``: replies in direct messages grow by Slack's own streams."""
        self._delivery = delivery
        self._outbox: Outbox = delivery.outbox
        self._people = people
        self._native = native

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        errand: Errand | None = None,
        standing: str = "",
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        members: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> SlackReply:
        """Begin an answer in a thread."""
        if lease is None:
            return SlackReply(self._delivery, _origin_of(place, errand))
        name = Name(lease.turn, lease.run)
        streamed = self._native and _is_direct(place)
        origin = Origin(
            place,
            name,
            refs=lease.refs,
            resumed=lease.resumed,
            standing=standing,
            posted=posted,
            members=members,
            streams=streamed,
        )
        return StreamedReply(self._delivery, origin) if streamed else SlackReply(self._delivery, origin)

    async def whisper(self, place: Place, user: str, text: str) -> None:
        """Tell one person something in a thread, which nobody else sees. Raises DeliveryError."""
        await self._outbox.whisper(place, user, text)

    async def tell(self, user: str, text: str) -> None:
        """Tell one person something in a direct message. Raises DeliveryError."""
        await self._outbox.tell(user, text)

    def describe(self, place: Place) -> str:
        """A link to a channel, which Slack shows by name to those who may see it."""
        return "a direct message" if _is_direct(place) else f"<#{place.channel}>"

    async def people(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Who these user ids are."""
        return await self._people.find(ids)


def _origin_of(place: Place, errand: Errand | None) -> Origin:
    if errand is None:
        return Origin(place, Name(uuid4().hex, 1), is_turn=False)
    return Origin(place, Name(errand.id, 1), is_turn=False, resumed=errand.attempt > 1)


def _is_direct(place: Place) -> bool:
    return place.channel.startswith("D")
