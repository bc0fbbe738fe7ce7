"""A bot that only listens: it writes down what comes in on its socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chathakase.core.types import Incoming
from chathakase.slack.connection.socket import open_socket
from chathakase.slack.connection.state import Connection
from chathakase.slack.connection.tempo import Tempo
from chathakase.slack.connection.web import open_web
from chathakase.slack.inward.intake import Intake, build_app

QUICK = Tempo(
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
class Listener:
    """What was heard, and how the connection fares. ``hold`` keeps what comes in from being stored."""

    heard: list[Incoming] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    connection: Connection = field(init=False)

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

    async def take_nothing_else(self, *_: object) -> None:
        raise NotImplementedError

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(
    api_url: str,
    bot_token: str = "xoxb-1",
    app_token: str = "xapp-1",
    tempo: Tempo = QUICK,
    reconnected: Callable[[float], None] | None = None,
) -> AsyncIterator[Listener]:
    listener = Listener()
    async with open_web(token=bot_token, api_url=api_url, call_timeout=5.0) as web:
        others = dict.fromkeys(("change", "press", "command", "say"), listener.take_nothing_else)
        app = build_app(web, Intake(web.identity, submit=listener.submit, **others))
        opening = open_socket(
            app,
            app_token=app_token,
            api_url=api_url,
            reconnected=reconnected or listener.gaps.append,
            tempo=tempo,
        )
        async with opening as listener.connection:
            yield listener
