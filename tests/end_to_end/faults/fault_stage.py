"""One case: the real bot in a workspace of its own, a model that speaks as it is told, and one person who asks."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from chathakase.app import open_bot
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.world.values import Message
from tests.end_to_end.bot_settings import GivenSettings, bot_settings
from tests.end_to_end.conftest import Thread, markdown
from tests.model_server import Answer, Json, ModelServer, begin, chunk, open_model_server

CALL_TIMEOUT = 1.5
"""Seconds that the bot gives a call of the Web API."""
TIMEOUT = 60.0
"""Seconds within which anything must have happened that a case waits for."""


class PiecewiseModel:
    """A model that says each piece when it is told to."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[str] = asyncio.Queue()
        self.said = ""

    def say(self, piece: str) -> None:
        self.said += piece
        self._pieces.put_nowait(piece)

    def end(self) -> None:
        self._pieces.put_nowait("")

    async def answer(self, request: web.Request, _: Json) -> web.StreamResponse:
        response = await begin(request)
        while piece := await self._pieces.get():
            await response.write(chunk({"content": piece}))
        await response.write(chunk({}, finish="stop") + b"data: [DONE]\n\n")
        return response


@dataclass
class FaultStage:
    workspace: Workspace
    model: ModelServer
    manager: SessionManager
    alice: PersonClient
    database: Path
    channel: str
    strike: Callable[[], None]
    """Let the fault come to pass from now on."""
    struck: Callable[[], bool]
    mouth: PiecewiseModel = field(default_factory=PiecewiseModel)
    thread: Thread = field(init=False)

    async def ask(self, *failures: Answer, struck_between: bool = False) -> None:
        """Have Alice ask, and ask again while the model fails so, and wait until the model is to answer.

        ``struck_between``: the fault may come from then on, before Alice asks again.
        """
        mention = "" if self.channel.startswith("D") else "@ChatHakase "
        self.model.will(*failures, self.mouth.answer)
        ts = await self.alice.say(f"{mention}tell me", channel=self.channel)
        self.thread = Thread(self.workspace, self.alice, self.channel, ts)
        for _ in failures:
            await self.until(lambda: self.replies() and self.replies()[-1].blocks[-1]["type"] == "actions", "a failure")
            await self.settled()
            if struck_between:
                self.strike()
            await self.alice.press(self.channel, self.replies()[-1].ts, "chathakase_retry")
        await self.until(lambda: len(self.model.requests) > len(failures), "the model is asked")

    def say(self, piece: str) -> None:
        self.mouth.say(piece)

    def end(self, piece: str = "") -> None:
        """Say the last of the answer."""
        if piece:
            self.mouth.say(piece)
        self.mouth.end()

    async def hit(self) -> None:
        """Wait until the fault was met."""
        await self.until(self.struck, "the fault is met")

    async def shows(self, text: str) -> None:
        """Wait until the bot has written something with this text."""
        await self.until(lambda: text in "".join(self.texts()), f"{text!r} stands in the thread")

    async def settled(self) -> None:
        """Wait until nothing is under way any more."""
        await self.until(lambda: not self.manager.scheduler.tasks, "the turn has ended")
        # Nobody waits for a status to be taken back, but it must be.
        await self.until(lambda: not self.status, "the status is cleared")

    async def until(self, condition: Callable[[], object], what: str) -> None:
        try:
            await self.workspace.until(condition, TIMEOUT)
        except TimeoutError:
            raise Stuck(f"never: {what}") from None

    @property
    def status(self) -> str:
        """What is shown that the bot can take back: nothing where it was removed."""
        world = self.workspace.world
        is_there = world.is_member(self.channel, world.bot.id)
        return self.workspace.status(self.channel, self.thread.ts) if is_there else ""

    def replies(self) -> list[Message]:
        return self.thread.replies()

    def texts(self) -> list[str]:
        """What people read of the answer: pages only, no message with a file."""
        return [markdown(message) for message in self.replies() if not message.files]

    def files(self) -> list[str]:
        """What is in the files of the thread."""
        world = self.workspace.world
        return [world.files.content(file).decode() for message in self.replies() for file in message.files]

    def elsewhere(self) -> list[Message]:
        """What the bot wrote anywhere else, in the order of time."""
        world = self.workspace.world
        own = {message.ts for message in self.replies()}
        places = [self.workspace.channel(name).id for name in ("general", "random", "secret")]
        messages = [each for id_ in (*places, self.direct) for each in world.timeline(id_).messages()]
        return [each for each in messages if each.user == world.bot.id and not each.subtype and each.ts not in own]

    @property
    def direct(self) -> str:
        """The direct message with Alice."""
        return self.alice.direct_message().id

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()


class Stuck(Exception):
    """A case could not go on."""


@asynccontextmanager
async def open_stage(
    folder: Path,
    settings: Json,
    *,
    channel: str,
    strike: Callable[[FaultStage], None],
    struck: Callable[[FaultStage], bool],
    stream_seconds: float = 300.0,
) -> AsyncIterator[FaultStage]:
    """``channel`` is a #name, or "@" for the direct message."""
    database = folder / "sessions.db"
    async with (
        open_workspace(seed=1, stream_seconds=stream_seconds) as workspace,
        open_model_server() as model,
        workspace.person("alice") as alice,
    ):
        base = bot_settings(workspace, model, database) | {"chathakase_slack_timeout": CALL_TIMEOUT}
        async with open_bot(GivenSettings(**(base | settings))) as manager:
            manager._grace = 0.1
            where = alice.direct_message().id if channel == "@" else workspace.channel(channel.removeprefix("#")).id
            stage = FaultStage(
                workspace, model, manager, alice, database, where, lambda: strike(stage), lambda: struck(stage)
            )
            yield stage
