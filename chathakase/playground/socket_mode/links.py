"""The apps' sides of Socket Mode: each app has connections, envelopes and deliveries of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from chathakase.playground.faults import Faults
from chathakase.playground.journal import Journal
from chathakase.playground.server_addresses import ServerAddresses
from chathakase.playground.socket_mode.delivery import EventDelivery
from chathakase.playground.socket_mode.envelope_sender import Ack, EnvelopeSender
from chathakase.playground.socket_mode.socket_faults import Reason
from chathakase.playground.socket_mode.sockets import Sockets
from chathakase.playground.socket_mode.subscribed_events import SubscribedEvents
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class Link:
    """One app's side."""

    app: App
    sockets: Sockets
    envelopes: EnvelopeSender
    delivery: EventDelivery

    async def aclose(self) -> None:
        """Give up what is not delivered, and close every connection."""
        await self.delivery.aclose()
        await self.sockets.aclose()


@dataclass(frozen=True, slots=True)
class PendingAcks:
    """How long an acknowledgement is awaited, and how often an event is sent again; in seconds."""

    timeout: float
    retry_delays: Sequence[float]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """When connections are refreshed, if they are, and how often they are pinged; in seconds."""

    refresh_after: float | None
    ping_every: float


def linked(
    world: World,
    app: App,
    journal: Journal,
    faults: Faults,
    addresses: ServerAddresses,
    rng: random.Random,
    acks: PendingAcks,
    lifetimes: Lifetimes,
) -> Link:
    """A new link of an app."""
    sockets = Sockets(
        app.id,
        journal,
        rng,
        addresses,
        clock=world.clock,
        refresh_after=lifetimes.refresh_after,
        ping_every=lifetimes.ping_every,
    )
    envelopes = EnvelopeSender(sockets, journal, faults, ack_timeout=acks.timeout, clock=world.clock)
    delivery = EventDelivery(world, app, sockets, envelopes, faults, retry_delays=acks.retry_delays, clock=world.clock)
    return Link(app, sockets, envelopes, delivery)


class Links:
    """Those of all apps."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._links: Mapping[str, Link] = {link.app.id: link for link in links}

    def __len__(self) -> int:
        return sum(len(link.sockets) for link in self._links.values())

    def all(self) -> Sequence[Link]:
        """Every link, in the order of the apps."""
        return tuple(self._links.values())

    def of(self, app_id: str) -> Link:
        """An app's; KeyError if there is no such app."""
        return self._links[app_id]

    def subscribe(self, world: World, rng: random.Random) -> Callable[[], None]:
        """Deliver to each app, from now on, what it has subscribed to; returns what ends that."""
        everything = [
            SubscribedEvents(world, link.app, world.features[link.app.id].events, link.delivery.submit, rng)
            for link in self.all()
        ]
        return _ending([world.subscribe(events.observe) for events in everything])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection of the app whose ticket it comes with."""
        ticket = request.query.get("ticket", "")
        owners = (link for link in self._links.values() if link.sockets.has_issued(ticket))
        return await next(owners, self.all()[0]).sockets.handle(request)

    async def deliver(self, kind: str, payload: Json, *, accepts_response: bool) -> Ack | None:
        """Send a payload to the app that it names; None if no connection is open or no ack comes in time."""
        link = self._links.get(str(payload["api_app_id"]))
        if link is None:
            return None
        return await link.envelopes.deliver(kind, payload, accepts_response=accepts_response)

    def on_count(self, observer: Callable[[Mapping[str, int]], None]) -> Callable[[], None]:
        """Call `observer` with the number of connections of each app whenever one changes; returns what ends that."""
        return _ending([link.sockets.on_count(lambda _: observer(self.counts())) for link in self.all()])

    def counts(self) -> Mapping[str, int]:
        """The number of connections of each app, by its id."""
        return {app_id: len(link.sockets) for app_id, link in self._links.items()}

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """Tell every app to go."""
        for link in self._links.values():
            await link.sockets.disconnect(reason)

    def drop(self) -> None:
        """Break every connection without a word."""
        for link in self._links.values():
            link.sockets.drop()

    def redeliver_last(self) -> int:
        """Deliver the last event of every app again; how many there are."""
        return sum(link.delivery.redeliver_last() for link in self._links.values())

    async def aclose(self) -> None:
        """Close all."""
        await asyncio.gather(*(link.aclose() for link in self._links.values()))


def _ending(ends: Sequence[Callable[[], None]]) -> Callable[[], None]:
    def end() -> None:
        for each in ends:
            each()

    return end
