"""An open workspace, as tests, a terminal and a page hold it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import TypeVar

from chathakase.playground.faults import Faults
from chathakase.playground.journal import Entry, Journal
from chathakase.playground.page_server.deeds import Deed
from chathakase.playground.person import PersonClient, person_session
from chathakase.playground.socket_mode.links import Link, Links
from chathakase.playground.socket_mode.socket_faults import Reason, SocketFaults
from chathakase.playground.web_api.app_tokens import AppTokens, Tokens
from chathakase.playground.world.values import App, Conversation, Json
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import Change

GLANCE_SECONDS = 0.05
"""How often a condition is looked at while nothing happens."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace and everything that tests, a terminal or a page want to do with it."""

    world: World
    journal: Journal
    faults: Faults
    address: str
    _tokens: Tokens
    _links: Links
    _deeds: Mapping[str, Deed]

    @property
    def api_url(self) -> str:
        """The Web API's base address, with its closing slash: a client's `base_url`."""
        return f"{self.address}/api/"

    @property
    def bot_token(self) -> str:
        """The first app's bot token, `xoxb-…`."""
        return self._tokens.first.bot

    @property
    def app_token(self) -> str:
        """The first app's app-level token, `xapp-…`, which opens Socket Mode connections."""
        return self._tokens.first.app

    def tokens_of(self, app: App) -> AppTokens:
        """The tokens of an app; KeyError if it is not installed."""
        return self._tokens.of_app(app.id)

    @property
    def config_token(self) -> str:
        """The token of whoever made the app, `xoxe.xoxp-…`, which reads the app's settings."""
        return self._tokens.config

    def token_of(self, user_id: str) -> str:
        """The token of a person's own client, `xoxc-…`; KeyError if there is no such person."""
        return self._tokens.of(user_id)

    def person(self, name: str) -> AbstractAsyncContextManager[PersonClient]:
        """A person, by handle or user id, who acts over HTTP within an `async with`; KeyError if unknown."""
        user = self.world.user_named(name) or self.world.users[name]
        return person_session(self.world, user, self.api_url, self.token_of(user.id), self._deeds)

    def channel(self, name: str) -> Conversation:
        """The channel with this name; KeyError if there is none."""
        conversation = self.world.conversation_named(name)
        if conversation is None:
            raise KeyError(name)
        return conversation

    def status(self, channel: str, thread_ts: str) -> str:
        """What the bot shows now that it is doing under a thread ("is thinking…"); empty where it shows nothing."""
        shown = self.world.statuses.get(self._id(channel), thread_ts)
        return shown.status if shown is not None else ""

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, by name or id, or bring it back; KeyError if there is none."""
        self.world.change_conversation(self._id(channel), is_archived=archived)

    def remove_bot(self, channel: str) -> None:
        """Remove the bot from a channel, by name or id; KeyError if there is none."""
        self.world.leave(self._id(channel), self.world.app.user_id)

    def add_bot(self, channel: str) -> None:
        """Make the bot a member of a channel, by name or id; KeyError if there is none."""
        self.world.join(self._id(channel), self.world.app.user_id)

    @property
    def _first(self) -> Link:
        return self._links.of(self.world.app.id)

    def _id(self, channel: str) -> str:
        return channel if self.world.conversation(channel) else self.channel(channel).id

    @property
    def sockets(self) -> int:
        """How many Socket Mode connections are open."""
        return len(self._links)

    @property
    def pending_events(self) -> int:
        """How many events are neither acknowledged nor given up."""
        return sum(link.delivery.pending for link in self._links.all())

    async def wait_for_socket(self, within: float = 20.0) -> None:
        """Wait until the first app has a Socket Mode connection; TimeoutError after so many seconds."""
        if not await self._first.sockets.wait_open(within):
            raise TimeoutError(f"no Socket Mode connection within {within} s")

    async def until(self, condition: Callable[[], _T], within: float = 20.0) -> _T:
        """Wait until `condition()` is true, looked at after each change and all traffic, and return what it gave.

        TimeoutError if that takes longer than `within` seconds.
        """
        stirred = asyncio.Event()

        def stir(_: Change | Entry) -> None:
            stirred.set()

        ends = (self.world.subscribe(stir), self.journal.subscribe(stir))
        try:
            async with asyncio.timeout(within):
                while not (found := condition()):
                    stirred.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stirred.wait(), GLANCE_SECONDS)
                return found
        finally:
            for end in ends:
                end()

    def send_event(self, event: object, *, twin: object = None, event_id: str | None = None) -> str:
        """Deliver any event to the first app, whatever it subscribed to; returns its event_id.

        It may be no JSON object even. `twin` is a second event that follows at once with an event_id of its own.
        """
        sent = self._first.delivery.submit(event, event_id=event_id)
        if twin is not None:
            self._first.delivery.submit(twin)
        return sent

    async def send_frame(self, frame: Json | str) -> bool:
        """Send any frame, however malformed, over a socket of the first app; False if none is open."""
        return await self._first.sockets.send_raw(frame)

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """Tell the apps to go, with a `disconnect` frame on every connection."""
        await self._links.disconnect(reason)

    def drop_sockets(self) -> None:
        """Break every connection without a word."""
        self._links.drop()

    def let_sockets_die(self) -> None:
        """Let every connection die in silence: it stays open, but nothing comes from it and no ping is answered."""
        for link in self._links.all():
            link.sockets.die()

    @property
    def socket_faults(self) -> SocketFaults:
        """The faults that new connections of the first app meet."""
        return self._first.sockets.faults

    def redeliver_last(self) -> None:
        """Deliver the last event again, in a new envelope."""
        self._links.redeliver_last()
