"""A question of which the process dies each time is found out, while all others are answered."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from chathakase.engine.turns.verdict import GAVE_UP
from chathakase.playground.server import Workspace
from chathakase.storage.stores.suspects import BLAMED_AFTER, CALM_MS, SUSPECTED_AFTER
from tests.end_to_end.conftest import Thread
from tests.model_server import Answer, Json, ModelServer, says
from tests.simulation.bot_processes import Bots, open_bots, set_clock

pytestmark = pytest.mark.long

Start = Callable[..., Awaitable[Thread]]
POISON = "poison"
LEASE = 6_100
"""Milliseconds after which nobody has to wait any longer for what a dead process held."""

WAITS_FOR_CALM = "SELECT 1 FROM sessions WHERE died_alone = 1 AND alone = 0 AND suspect_until > 0"


class MortalBot:
    """A bot that is started again whenever it died; the clock then goes on to where its leases have ended."""

    def __init__(self, bots: Bots, clock: Path, database: Path) -> None:
        self._bots = bots
        self._clock = clock
        self._database = database
        self._ahead = 0
        self.deaths = 0

    def kill(self) -> None:
        if self._bots.kill(0):
            self.deaths += 1
            self._go_on(LEASE)

    def _go_on(self, milliseconds: int) -> None:
        self._ahead += milliseconds
        set_clock(self._clock, self._ahead)

    async def calm_down(self) -> None:
        """Let go by at once what a turn waits for once a process died while it ran alone."""
        while True:
            await asyncio.sleep(0.1)
            with closing(sqlite3.connect(self._database)) as connection:
                if connection.execute(WAITS_FOR_CALM).fetchone() and self._ahead < CALM_MS:
                    self._go_on(CALM_MS)

    def kills_if_asked(self) -> Answer:
        """Kill the process that asks the model the poisonous question; answer all others."""

        async def answer(request: web.Request, body: Json) -> web.StreamResponse:
            if POISON in str(body["messages"][-1]["content"]):
                self.kill()
            return await says("Here you are.")(request, body)

        return answer


@pytest.fixture
def ack_timeout() -> float:
    """Seconds; short, since a process that dies acknowledges nothing."""
    return 0.5


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries again for as long as processes die and start."""
    return (0.0, *[1.0] * 60)


@pytest.fixture
async def house(
    environment: dict[str, str], workspace: Workspace, database: Path, tmp_path: Path
) -> AsyncIterator[MortalBot]:
    async with open_bots(tmp_path, environment) as bots:
        bots.start()
        await workspace.wait_for_socket(90)
        house = MortalBot(bots, tmp_path / "clock", database)
        calming = asyncio.create_task(house.calm_down())
        yield house
        calming.cancel()


async def test_what_kills_the_process_is_given_up_and_all_others_are_answered(
    house: MortalBot, model: ModelServer, workspace: Workspace, start: Start
) -> None:
    model.on("scripted", house.kills_if_asked())
    others = [await start(f"@ChatHakase question {number}") for number in range(3)]
    thread = await start(f"@ChatHakase {POISON}")
    others += [await start(f"@ChatHakase question {number}") for number in range(3, 6)]
    await thread.answers(1, containing=GAVE_UP, within=120)
    for other in others:
        assert await other.answers(1, containing="Here", within=60) == ["Here you are."]
    assert SUSPECTED_AFTER + BLAMED_AFTER <= house.deaths <= 2 * (SUSPECTED_AFTER + BLAMED_AFTER)
    model.on("scripted", says("No poison any more."))
    (reply,) = thread.replies()
    await thread.person.press(thread.channel, reply.ts, "chathakase_retry")
    assert await thread.answers(1, containing="No poison", within=60) == ["No poison any more."]
