"""The real bot on the local workspace, and people who talk to it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chathakase import app
from chathakase.app import open_bot
from chathakase.core.moments import DAY
from chathakase.engine.open_engine import Engine
from chathakase.engine.sessions import SessionManager
from chathakase.engine.turns.turn_runner import HOW_TO_GO_ON
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from tests.end_to_end.bot_settings import GivenSettings, bot_settings
from tests.model_server import ModelServer

OURS = (
    "session ",
    "job ",
    "lease ",
    "heartbeat",
    "draft ",
    "status ",
    "clearing ",
    "catch-up",
    "socket: ",
    "background ",
    "home: ",
    "overviews",
    "overviews",
)
"""How the names of the bot's tasks begin."""

INTERVALS = (
    "LOOK_FOR_WAITING",
    "LOOK_FOR_WATCHERS",
    "REFRESH_MUTED",
    "NOTE_LISTENING",
    "MERGE_EVERY",
    "TRUNCATE_WAL_EVERY",
)
"""Of what comes every few seconds, whatever people say."""

OpenBot = Callable[..., AbstractAsyncContextManager[SessionManager]]


@dataclass
class Thread:
    """A thread as a person sees it."""

    workspace: Workspace
    person: PersonClient
    channel: str
    ts: str

    async def say(self, text: str, person: PersonClient | None = None) -> str:
        return await (person or self.person).say(text, channel=self.channel, thread_ts=self.ts)

    def messages(self) -> list[Message]:
        timeline = self.workspace.world.timeline(self.channel)
        return [message for ts in timeline.with_replies(self.ts) if (message := timeline.get(ts))]

    def replies(self) -> list[Message]:
        """What the bot wrote here."""
        return [message for message in self.messages() if message.user == self.workspace.world.bot.id]

    def texts(self) -> list[str]:
        return [markdown(message) for message in self.replies()]

    async def answers(self, count: int | None, *, containing: str = "", within: float = 20.0) -> list[str]:
        """Wait until the bot has written so many messages here (None: some), the last with a certain text."""

        def there() -> bool:
            texts = self.texts()
            return len(texts) == (count or len(texts)) > 0 and containing in texts[-1]

        try:
            await self.workspace.until(there, within)
        except TimeoutError:
            raise AssertionError(f"after {within} s the bot's messages are {self.texts()}") from None
        return self.texts()


def markdown(message: Message) -> str:
    """What a person reads in a message: its Markdown block, or its text where there is none."""
    return "".join(block["text"] for block in message.blocks if block["type"] == "markdown") or message.text


async def footnotes(thread: Thread, number: int = 0) -> list[str]:
    """What a person reads in small below one of the bot's messages, once that is whole, but for how to go on."""

    def is_whole() -> bool:
        blocks = [block for reply in thread.replies()[number : number + 1] for block in reply.blocks]
        return bool(blocks) and not any("chathakase_stop" in str(block) for block in blocks)

    await thread.workspace.until(is_whole)
    blocks = thread.replies()[number].blocks
    elements = [each for block in blocks if block["type"] == "context" for each in block["elements"]]
    assert all(each["type"] == "plain_text" for each in elements)
    return [each["text"] for each in elements if each["text"] != HOW_TO_GO_ON]


@pytest.fixture
def access() -> dict[str, Any]:
    """The settings of who may talk to the bot; a test that needs others is parametrised with them."""
    return {}


@pytest.fixture
def settings(workspace: Workspace, model: ModelServer, database: Path, access: dict[str, Any]) -> dict[str, Any]:
    return bot_settings(workspace, model, database) | access


@pytest.fixture
def environment(settings: dict[str, Any]) -> dict[str, str]:
    """The settings of a bot that runs as a process of its own."""
    return {name.upper(): str(value) for name, value in settings.items()}


@pytest.fixture
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """No day ends for the bot during a test: where one is about to, its clock is ten minutes slow."""
    right, ten_minutes = app.now, 600_000
    if DAY - right() % DAY < ten_minutes:
        monkeypatch.setattr(app, "now", lambda: right() - ten_minutes)


@pytest.fixture
async def open_the_bot(settings: dict[str, Any]) -> AsyncIterator[OpenBot]:
    def opened(**changes: Any) -> AbstractAsyncContextManager[SessionManager]:
        return open_bot(GivenSettings(**(settings | changes)))

    yield opened
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(OURS)]
    assert not left, f"the bot has left tasks behind: {left}"
    threads = [
        thread.name for thread in threading.enumerate() if "aiosqlite" in f"{thread.name} {type(thread)}".lower()
    ]
    assert not threads, f"the bot has left threads behind: {threads}"


@pytest.fixture
async def bot(open_the_bot: OpenBot) -> AsyncIterator[SessionManager]:
    async with open_the_bot() as manager:
        yield manager


@pytest.fixture
def settled(workspace: Workspace, bot: SessionManager) -> Callable[[], Awaitable[object]]:
    """Wait until every turn is saved; people see an answer a moment before that."""

    async def wait() -> None:
        await workspace.until(lambda: not bot.scheduler.tasks)

    return wait


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[dict[str, PersonClient]]:
    async with AsyncExitStack() as stack:
        names = ("alice", "bob", "carol")
        yield {name: await stack.enter_async_context(workspace.person(name)) for name in names}


@pytest.fixture
def alice(people: dict[str, PersonClient]) -> PersonClient:
    return people["alice"]


@pytest.fixture
def bob(people: dict[str, PersonClient]) -> PersonClient:
    return people["bob"]


@pytest.fixture
def carol(people: dict[str, PersonClient]) -> PersonClient:
    return people["carol"]


@pytest.fixture
def general(workspace: Workspace) -> str:
    return workspace.channel("general").id


@pytest.fixture
def start(workspace: Workspace, alice: PersonClient, general: str) -> Callable[..., Any]:
    """Begin a thread: ``await start("@ChatHakase hello")``."""

    async def begin(text: str, *, person: PersonClient | None = None, channel: str | None = None) -> Thread:
        who = person or alice
        where = general
        if channel is not None:
            where = who.direct_message().id if channel == "@" else workspace.channel(channel).id
        return Thread(workspace, who, where, await who.say(text, channel=where))

    return begin


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[Engine]:
    """The engines that are opened."""
    opened: list[Engine] = []
    open_engine = app.open_engine  # type: ignore[attr-defined]

    async def noted(*args: object) -> Engine:
        opened.append(await open_engine(*args))  # type: ignore[arg-type]
        return opened[-1]

    for interval in INTERVALS:
        monkeypatch.setattr(app, interval, 600)
    monkeypatch.setattr(app, "open_engine", noted)
    return opened


@pytest.fixture
def engine(engines: list[Engine], bot: SessionManager) -> Engine:
    return engines[0]
