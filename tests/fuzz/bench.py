"""What comes in, over a socket of its own: all that the bot has between Slack and its store, and no turns behind it."""

import asyncio
import json
import logging
import sqlite3
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.jobs import ButtonPhrase, Command, Interaction, Job
from chathakase.core.memory import Change
from chathakase.core.types import Expiry, ExpiryMode, Incoming
from chathakase.slack.events import intake
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.intake import Intake
from chathakase.slack.home import home_intake
from chathakase.slack.home.home_intake import HomeIntake
from chathakase.slack.listeners import build_app, hearing
from chathakase.slack.people import People
from chathakase.slack.socket_mode.socket import open_socket
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb
from chathakase.slack.web.identity import Identity
from chathakase.slack.web.rate_limiter import RateLimiter
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.stores.job_store import SqlJobStore
from tests.doubles.overview_source import OverviewSource
from tests.fuzz.frames import text_of
from tests.fuzz.shapes import BOT, BOT_ID, MENTION, TEAM, TS, WORD, Json, callback
from tests.fuzz.text_invariants import judge
from tests.slack.homes import home_of
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket, open_bare_slack
from tests.slack.socket_mode.listening import QUICK
from tests.storage.database_stores import DatabaseClock
from tests.storage.test_cancellation import torn

NO_JSON = "not a JSON object"
"""What the log says of a frame in which no id can be found that could be acknowledged."""
QUESTION: Json = {"type": "events_api", "payload": callback(MENTION)}
BOLT = "slack_bolt"
ACK_WITHIN = 30.0
"""Seconds after which there will be no acknowledgement; Slack waits for three, on no machine as busy as this one."""


class WrongRecords(logging.Handler):
    """Keeps what should not stand in a log: errors, traces, and anybody's words."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.wrong: list[str] = []
        self.lines = 0
        self.unreadable = 0

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if record.name == BOLT and not _is_ours(record):
            return
        self.lines += 1
        self.unreadable += NO_JSON in line
        if record.levelno >= logging.ERROR or record.exc_info or WORD in line:
            self.wrong.append(f"{record.levelname} {record.name}: {line}")


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether it was our code that failed within Bolt, whose own fails on shapes that it does not know."""
    where = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
    return any(frame.filename in {intake.__file__, home_intake.__file__} for frame in where)


@contextmanager
def listening() -> Iterator[WrongRecords]:
    """Hear what ``chathakase run`` would write into its log, and of failures in Bolt, which it would not."""
    log = WrongRecords()
    heard = {"chathakase": logging.INFO, "asyncio": logging.INFO, BOLT: logging.ERROR}
    before = {name: logging.getLogger(name).level for name in heard}
    for name, level in heard.items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).addHandler(log)
    try:
        yield log
    finally:
        for name, level in before.items():
            logging.getLogger(name).removeHandler(log)
            logging.getLogger(name).setLevel(level)


@dataclass
class Bench:
    """Sends frames, and sees to it that each is acknowledged, in time and with nothing in the log that is wrong."""

    path: Path
    slack: BareSlack
    log: WrongRecords
    dead: list[Json]
    """What the loop was told of tasks that died."""
    number: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    async def envelope(self, envelope: Json) -> None:
        """Send an envelope, which must be acknowledged once, or told to be beyond reading."""
        line, unreadable = self.slack.open[-1], self.log.unreadable
        name = await self._send(line, envelope)
        await self._until(lambda: name in line.acks or self.log.unreadable > unreadable)
        assert line.acks.count(name) + self.log.unreadable - unreadable == 1
        self._check()
        self.seen["envelopes"] += 1
        self.seen["beyond reading"] += self.log.unreadable - unreadable

    async def frame(self, text: str) -> None:
        """Send a frame that is no good envelope; after it an ordinary one must be acknowledged."""
        line, lines = self.slack.open[-1], len(self.slack.lines)
        await line.send(text)
        if says_goodbye(text):
            await self._until(lambda: len(self.slack.lines) > lines)
        line = self.slack.open[-1]
        name = await self._send(line, QUESTION)
        await self._until(lambda: name in line.acks)
        self._check()
        self.seen["odd frames"] += 1

    async def _send(self, line: BareSocket, envelope: Json) -> str:
        """Send an envelope, whose messages are new ones; returns its id."""
        self.number += 1
        name = f"e{self.number}"
        for kept in (line.acks, self.log.wrong, self.dead):
            kept.clear()
        text = text_of({"envelope_id": name} | envelope)
        await line.send(text.replace(TS, f"{1_700_000_001 + self.number}.000200"))
        return name

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(ACK_WITHIN):
            while not condition():
                await asyncio.sleep(0)

    def _check(self) -> None:
        assert not self.log.wrong, self.log.wrong
        assert not self.dead, self.dead

    def check_store(self) -> None:
        """See that what was stored is whole."""
        assert torn(self.path) == []
        with closing(sqlite3.connect(self.path)) as connection:
            for table in ("messages", "jobs"):
                (self.seen[f"{table} stored"],) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        self.seen["lines in the log"] = self.log.lines


def says_goodbye(text: str) -> bool:
    """Whether a frame asks for another socket."""
    try:
        frame: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(frame, dict) and frame.get("type") == "disconnect"


@asynccontextmanager
async def open_bench(path: Path) -> AsyncIterator[Bench]:
    """Set everything up, over a database of its own."""
    dead: list[Json] = []
    changed: Counter[str] = Counter()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: dead.append(context))
    with listening() as log:
        async with (
            open_sqlite(path, clock=DatabaseClock()) as database,
            open_bare_slack() as slack,
            aiohttp.ClientSession() as session,
        ):
            await migrate(database, now=0)
            sessions = open_stores(database, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE)).sessions
            jobs = SqlJobStore(database)

            async def submit(incoming: Incoming) -> None:
                judge(incoming)
                await sessions.append(incoming)

            async def interaction(interaction: Interaction) -> None:
                await jobs.enqueue(Job(interaction))

            async def command(command: Command) -> None:
                await jobs.enqueue(Job(command))

            async def say(said: ButtonPhrase) -> None:
                await jobs.enqueue(Job(Command(said.place, said.ref, said.by, said.words)))

            async def change(change: Change) -> None:
                json.dumps(asdict(change), ensure_ascii=False).encode()
                changed["changes"] += 1

            identity = Identity(user_id=BOT, bot_id=BOT_ID, team_id=TEAM, name="ChatHakase")
            client = AsyncWebClient("xoxb-1", base_url=slack.api_url, session=session)
            authors = Authors(identity, People(client, monotonic, identity=identity), monotonic)
            intake = Intake(
                identity, authors, submit=submit, change=change, interaction=interaction, command=command, say=say
            )
            home = home_of(identity, Calls(client, RateLimiter(monotonic), monotonic))
            at_home = HomeIntake(identity, home.begin(OverviewSource(), command), home.opened)
            opening = open_socket(
                build_app(SlackWeb(client, session, identity), intake, at_home),
                hearing(intake, at_home),
                app_token="xapp-1",
                api_url=slack.api_url,
                reconnected=lambda _: None,
                timing=QUICK,
            )
            async with opening:
                yield Bench(path, slack, log, dead, seen=changed)
