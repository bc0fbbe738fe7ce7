"""A bot that only listens: it writes down what comes in on its socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from chathakase.core.errors import StoreError
from chathakase.core.jobs import ButtonPhrase, Command, Interaction
from chathakase.core.memory import Change
from chathakase.core.types import Incoming
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.intake import Intake
from chathakase.slack.home.home_intake import HomeIntake
from chathakase.slack.home.slack_home import SlackHome
from chathakase.slack.listeners import build_app, hearing
from chathakase.slack.people import People
from chathakase.slack.socket_mode.socket import open_socket
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from chathakase.slack.socket_mode.state import SocketConnection
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import open_web
from chathakase.slack.web.rate_limiter import RateLimiter
from tests.doubles.overview_source import OverviewSource
from tests.slack.homes import open_home

QUICK = SocketTiming(
    opening=2.0,
    hello=0.3,
    ping=0.1,
    steady=0.5,
    first_wait=0.05,
    longest_wait=0.4,
    slow_wait=0.15,
    drain=2.0,
    ghost=5.0,
    send=0.5,
    finish=0.5,
    goodbye=0.3,
)


@dataclass
class ConnectedBot:
    """What was heard, and how the connection fares.

    ``hold`` keeps what comes in from being stored; so many times, ``refusals``, the store refuses what is not said.
    """

    heard: list[Incoming] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    said: list[ButtonPhrase] = field(default_factory=list)
    refusals: int = 0
    gaps: list[float] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    connection: SocketConnection = field(init=False)
    overviews: OverviewSource = field(default_factory=OverviewSource)
    home: SlackHome = field(init=False)

    def __post_init__(self) -> None:
        self.hold.set()

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.heard]

    async def submit(self, incoming: Incoming) -> None:
        self.waiting += 1
        try:
            await self.hold.wait()
        finally:
            self.waiting -= 1
        self.heard.append(incoming)

    async def change(self, change: Change) -> None:
        self._may_store()
        self.changes.append(change)

    async def interaction(self, interaction: Interaction) -> None:
        raise NotImplementedError

    async def command(self, command: Command) -> None:
        await self.hold.wait()
        self._may_store()
        self.commands.append(command)

    async def say(self, words: ButtonPhrase) -> None:
        self._may_store()
        self.said.append(words)

    def _may_store(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreError("the disk is full")

    async def until(self, condition: Callable[[], object], within: float = 20.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(
    api_url: str,
    bot_token: str = "xoxb-1",
    app_token: str = "xapp-1",
    timing: SocketTiming = QUICK,
    reconnected: Callable[[float], None] | None = None,
) -> AsyncIterator[ConnectedBot]:
    listener = ConnectedBot()
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(open_web(token=bot_token, api_url=api_url, call_timeout=5.0))
        intake = Intake(
            web.identity,
            Authors(web.identity, People(web.client, monotonic, identity=web.identity), monotonic),
            submit=listener.submit,
            change=listener.change,
            interaction=listener.interaction,
            command=listener.command,
            say=listener.say,
        )
        home = await stack.enter_async_context(
            open_home(web.identity, Calls(web.client, RateLimiter(monotonic), monotonic))
        )
        desk = home.begin(listener.overviews, listener.command)
        stack.push_async_callback(desk.close)
        home_intake = HomeIntake(web.identity, desk, home.opened)
        listener.home = home
        opening = open_socket(
            build_app(web, intake, home_intake),
            hearing(intake, home_intake),
            app_token=app_token,
            api_url=api_url,
            reconnected=reconnected or listener.gaps.append,
            timing=timing,
        )
        listener.connection = await stack.enter_async_context(opening)
        yield listener
