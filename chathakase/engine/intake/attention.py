"""Says whether what people say in a thread where the bot takes part is said to the bot."""

import asyncio
from collections.abc import Collection
from dataclasses import replace

from chathakase.core.addressing import addresses, may_address, names_one
from chathakase.core.ports import SessionStore, Surface
from chathakase.core.types import FollowUps, Incoming, Place, SaidTo

TIMEOUT = 1.0
"""Seconds to wait for people's names; without them, what may be said to somebody is said to nobody in particular."""


class Attention:
    """Tells to whom a message is said, by its words and by who takes part in its thread.

    To call somebody in who has not said anything there is no talk among people yet: the message asks nothing, and
    whoever comes may ask.

    Whether people talk among themselves there is told by the store, where the message is saved.
    """

    def __init__(self, *, sessions: SessionStore, surface: Surface, name: str, answers: FollowUps) -> None:
        """``name`` is what people call the bot, and ``answers`` what it answers."""
        self._sessions = sessions
        self._surface = surface
        self._name = name
        self._answers = answers

    async def address(self, incoming: Incoming) -> Incoming:
        """The same message with whom it is said to, and whether it asks for an answer. Raises StoreError."""
        if incoming.opens or incoming.name or incoming.ours:
            return incoming
        if self._answers is FollowUps.MENTION:
            return replace(incoming, asks=False)
        said_to = await self._said_to(incoming) if incoming.place.thread != incoming.ref else incoming.said_to
        asks = incoming.asks and SaidTo.OTHERS not in (said_to, incoming.said_to)
        return replace(incoming, said_to=said_to, asks=asks)

    async def _said_to(self, incoming: Incoming) -> SaidTo:
        if incoming.said_to is SaidTo.ANYBODY and names_one(incoming.text, [self._name]):
            return SaidTo.BOT
        if not may_address(incoming.text):
            return SaidTo.ANYBODY
        others = await self._sessions.people(incoming.place) - {incoming.author}
        to_others = bool(others) and addresses(incoming.text, await self._names(incoming.place, others), ids=others)
        return SaidTo.OTHERS if to_others else SaidTo.ANYBODY

    async def _names(self, place: Place, ids: Collection[str]) -> Collection[str]:
        """What people are called."""
        try:
            async with asyncio.timeout(TIMEOUT):
                people = await self._surface.people(place, ids)
        except TimeoutError:
            return ()
        return {name for person in people.values() for name in (person.name, *person.called)}
