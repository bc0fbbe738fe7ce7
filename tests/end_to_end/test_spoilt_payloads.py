"""Whatever Slack can send, spoilt, over the socket of the running bot: it answers on, and nothing is left over."""

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from tests.end_to_end.conftest import OpenBot, Thread
from tests.fuzz.bench import ACK_WITHIN, WrongRecords, listening, says_goodbye
from tests.fuzz.frames import envelopes, oddities, text_of
from tests.fuzz.shapes import TS, Json
from tests.storage.test_cancellation import torn

Start = Callable[..., Awaitable[Thread]]
FAST = " ".join(f"{method}=60000/1000" for method in ("chat.postMessage", "chat.update"))
LEFT_OVER = {
    "a session waits or is held": "SELECT id FROM sessions WHERE asked > answered OR lease_owner IS NOT NULL",
    "a turn is requested again": "SELECT id FROM turns WHERE action IS NOT NULL",
    "a job is not done": "SELECT id FROM jobs WHERE done_at IS NULL",
}


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """One that lets the bot answer everything at once."""
    async with open_workspace(seed=1, limits=NoLimits()) as opened:
        yield opened


def examples(strategy: SearchStrategy[Any], number: int) -> list[Any]:
    """The same ones every time."""
    found: list[Any] = []

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(example=strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


def left_over(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [what for what, rows in LEFT_OVER.items() if connection.execute(rows).fetchall()]


async def send(workspace: Workspace, frame: str) -> None:
    await workspace.wait_for_socket()
    assert await workspace.send_frame(frame)


async def deliver(workspace: Workspace, name: str, frame: str, log: WrongRecords) -> None:
    """Send an envelope; in time, it is acknowledged, or told to be beyond reading."""
    unreadable = log.unreadable

    def is_taken() -> bool:
        return log.unreadable > unreadable or name in (ack.envelope_id for ack in workspace.journal.acks())

    await send(workspace, frame)
    await workspace.until(is_taken, ACK_WITHIN)


@pytest.mark.long
async def test_the_bot_outlives_spoilt_payloads(
    workspace: Workspace, open_the_bot: OpenBot, start: Start, alice: PersonClient, general: str, database: Path
) -> None:
    spoilt: list[Json] = examples(envelopes(), 120)
    odd: list[str] = examples(oddities().filter(lambda text: not says_goodbye(text)), 20)
    dead: list[Json] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: dead.append(context))
    with listening() as log:
        async with open_the_bot(chathakase_rate_limits=FAST):
            # Messages that are really there, so that there can be answers below them.
            there = [await alice.say("oh", channel=general) for _ in spoilt]
            await workspace.until(lambda: workspace.pending_events == 0)
            for number, (envelope, ts) in enumerate(zip(spoilt, there, strict=True)):
                name = f"e{number}"
                await deliver(workspace, name, text_of({"envelope_id": name} | envelope).replace(TS, ts), log)
            for text in odd:
                await send(workspace, text)
            thread = await start("@ChatHakase still there?")
            assert await thread.answers(1, within=30) == ["I heard: [alice] still there?"]
            await workspace.until(lambda: not left_over(database), 30)
        gc.collect()
    assert torn(database) == []
    assert (log.wrong, dead) == ([], [])
