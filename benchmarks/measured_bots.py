"""The two bots as processes, each alone in a workspace of its own, and what a person does there."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.model import Model
from benchmarks.process_usage import ProcessUsage
from benchmarks.watch import TurnTimes, Watch
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.socket_mode.subscribed_events import SUBSCRIPTIONS
from chathakase.playground.web_api.tiers import Limits, NoLimits
from chathakase.playground.world.demo import demo_world
from chathakase.playground.world.values import Conversation
from chathakase.playground.world.world import World

CHANNELS = 40
"""So many that nobody comes near Slack's one message a second in each: our bot would wait, the plain one not."""
START_WITHIN = 30.0
ANSWER_WITHIN = 60.0

PLAIN_BOT = Path(__file__).with_name("plain_bot.py")
WINDOWED_BOT = Path(__file__).with_name("windowed_bot.py")
OURS, WINDOWED, PLAIN, RETRYING = "ours", "windowed", "plain", "retrying"
"""Our bot, that with a window into its event loop, the plain one, and the plain one with slack_sdk's handler that tries
once more after a 429."""
COMMANDS = {
    OURS: ("-m", "chathakase", "run"),
    WINDOWED: ("-P", str(WINDOWED_BOT), "run"),
    PLAIN: (str(PLAIN_BOT),),
    RETRYING: (str(PLAIN_BOT),),
}
OWN = frozenset({OURS, WINDOWED})


class DidNotRun(Exception):
    """A bot did not do what was to be measured; the text ends with its log."""


@dataclass(frozen=True, slots=True)
class Question:
    """What Alice has asked: its number among her questions, and the ts of its message."""

    number: int
    ts: str


@dataclass(slots=True)
class Bot:
    """A bot that runs, and Alice who talks to it."""

    name: str
    workspace: Workspace
    watch: Watch
    usage: ProcessUsage
    alice: PersonClient
    database: Path
    ready: float
    """Seconds from the start of its process until it was connected."""
    window: Path | None
    """Where a bot with a window writes what is seen through it."""
    _log: Path
    _turns: int = 0

    async def ask(self, channel: int, thread: str | None = None) -> Question:
        """Mention the bot, in a channel that is given by its number: in a thread there, or in a new one."""
        self._turns += 1
        number = self._turns
        text = f"@ChatHakase question {number}: how do threads work?"
        return Question(number, await self.alice.say(text, channel=channel_id(channel), thread_ts=thread))

    async def turn(self) -> TurnTimes:
        """Mention the bot in a new thread, in the next channel, and wait for its whole answer."""
        moments = self.watch.turns[(await self.ask(self._turns % CHANNELS)).ts]
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await moments.whole.wait()
        except TimeoutError:
            raise self.failed("did not answer") from None
        return moments

    def failed(self, what: str) -> DidNotRun:
        """The error that tells what the bot did not do, with the end of its log."""
        return DidNotRun(f"{self.name} {what}.\n{self._log.read_text()[-2000:]}")

    async def turns(self, count: int) -> None:
        """Take so many turns, all at a time, and wait until the bot is at rest again."""
        await asyncio.gather(*(self.turn() for _ in range(count)))
        await self.rest()

    async def rest(self, within: float = 5.0) -> None:
        """Wait until every event is acknowledged and what the bot does after that is surely done."""
        try:
            await self.workspace.until(lambda: not self.workspace.pending_events, within)
        except TimeoutError:
            raise self.failed("did not acknowledge everything") from None
        await asyncio.sleep(0.3)


@asynccontextmanager
async def open_bots(model: Model, folder: Path) -> AsyncIterator[tuple[Bot, Bot]]:
    """Ours and the plain one, both at work until the block ends, with their files in a folder."""
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(open_bot(OURS, model, folder, NoLimits()))
        plain = await stack.enter_async_context(open_bot(PLAIN, model, folder, NoLimits()))
        yield ours, plain


@asynccontextmanager
async def open_bot(
    name: str,
    model: Model,
    folder: Path,
    limits: Limits,
    more: Mapping[str, str] | None = None,
    *,
    world: World | None = None,
) -> AsyncIterator[Bot]:
    """One bot at work in a workspace with these limits, with its files in a folder and `more` in its environment.

    The folder is made where there is none; the workspace is that of `bench_world`, unless another is given.
    """
    log, window = _log_in(folder, name), folder / "window" if name == WINDOWED else None
    # Each app subscribes to what its code listens to; ours therefore also hears its own messages and their edits.
    hears = SUBSCRIPTIONS if name in OWN else frozenset({"app_mention"})
    async with (
        open_workspace(world or bench_world(), subscriptions=hears, limits=limits, seed=1) as workspace,
        workspace.person("alice") as alice,
        _process(name, {**_environment(name, workspace, model, folder), **(more or {})}, folder, log) as process,
    ):
        began = time.perf_counter()
        bot = Bot(
            name, workspace, Watch(workspace), ProcessUsage(process.pid), alice, database_in(folder), 0.0, window, log
        )
        try:
            await workspace.wait_for_socket(START_WITHIN)
        except TimeoutError:
            raise bot.failed("did not connect") from None
        bot.ready = time.perf_counter() - began
        yield bot


def _log_in(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def database_in(folder: Path) -> Path:
    """The database of our bot whose files are in a folder."""
    return folder / "sessions.db"


@asynccontextmanager
async def _process(
    name: str, environment: Mapping[str, str], folder: Path, log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *COMMANDS[name], cwd=folder, env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _environment(name: str, workspace: Workspace, model: Model, folder: Path) -> dict[str, str]:
    """Only what a bot needs, so that no setting of the developer's takes part."""
    common = {
        "PATH": os.environ.get("PATH", ""),
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": "none",
    }
    if name not in OWN:
        return common | {"MODEL": "scripted-1", "RETRIES": str(int(name == RETRYING))}
    database = f"sqlite:///{database_in(folder)}"
    own = {
        "CHATHAKASE_MODEL": "scripted-1",
        # The plain bot makes no titles either.
        "CHATHAKASE_BACKGROUND_MODEL": "off",
        "CHATHAKASE_DATABASE_URL": database,
    }
    return common | own | ({"WINDOW": str(folder / "window")} if name == WINDOWED else {})


def bench_world() -> World:
    """The demo world, and many channels with everybody in them."""
    world = demo_world()
    members = tuple(world.users)
    for number in range(CHANNELS):
        made = Conversation(channel_id(number), "channel", f"bench-{number}", creator=members[0], created=0)
        world.add_conversation(made, members)
    return world


def channel_id(number: int) -> str:
    """The id of a channel that is given by its number."""
    return f"C0BENCH{number:03d}"
