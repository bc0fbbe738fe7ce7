"""Slack as the engine sees it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from chathakase.core.types import Person, Place
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.reply import SlackReply
from chathakase.slack.people import People


class SlackSurface:
    """Where people are (a Surface)."""

    def __init__(self, outbox: Outbox, people: People) -> None:
        self._outbox = outbox
        self._people = people

    def reply(
        self,
        place: Place,
        *,
        turn: str = "",
        refs: Sequence[str] = (),
        resumed: bool = False,
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
    ) -> SlackReply:
        """Begin an answer in a thread."""
        return SlackReply(self._outbox, place, turn=turn, refs=refs, resumed=resumed, posted=posted)

    def describe(self, place: Place) -> str:
        """A link to a channel, which Slack shows by name to those who may see it."""
        return "a direct message" if place.channel.startswith("D") else f"<#{place.channel}>"

    async def people(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Who these user ids are."""
        return await self._people.find(ids)
