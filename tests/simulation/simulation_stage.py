"""The stage: a local Slack, a model behind a server and the bot's processes, with everything written down."""

import os
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Any

from chathakase.playground.journal import Entry
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from tests.preloaded import start
from tests.simulation.bot_processes import Bots, open_bots
from tests.simulation.deeds import Plan
from tests.simulation.evidence import SaidMessage, SimulatedThread
from tests.simulation.moments import Moments
from tests.simulation.simulated_model import SimulatedModel, serve_model
from tests.simulation.town import PEOPLE, build_town

ACK_TIMEOUT = 0.7
"""Seconds within which an event must be acknowledged; the real timeout is 3."""
QUICK, SLOWEST = 0.15, 4.0
"""Seconds in which a quick machine starts a process that was loaded before, and how much slower the clock may go."""
SETTINGS: Mapping[str, str] = {
    "CHATHAKASE_MODEL": "simulated",
    "CHATHAKASE_BACKGROUND_MODEL": "off",
    "CHATHAKASE_SLACK_TIMEOUT": "1.5",
    "CHATHAKASE_CONCURRENCY": "30",
    # More than any jump of the clock, after which what was said just now would be old.
    "CHATHAKASE_CATCH_UP": "86400",
}


@dataclass
class SimulationStage:
    """What is open while a simulation is played, and what is known of it so far."""

    plan: Plan
    workspace: Workspace
    model: SimulatedModel
    bots: Bots
    people: list[PersonClient]
    moments: Moments
    database: Path
    clock: Path
    began: float = field(default_factory=time)
    entries: list[Entry] = field(default_factory=list)
    """The traffic."""
    said: list[SaidMessage] = field(default_factory=list)
    notes: list[tuple[float, str, SimulatedThread | None]] = field(default_factory=list)
    """What happened besides, when, and in which thread if in one."""
    slowness: float = 1.0
    """How many seconds here make one of the plan: a machine that is slow to start a process has a slow clock."""
    offset: int = 0
    """By how many milliseconds the clock of the processes is wrong."""

    def note(self, told: str, place: SimulatedThread | None = None) -> None:
        """Write something down."""
        self.notes.append((time(), told, place))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database; nothing while there is none."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()


async def _slowness(folder: Path) -> float:
    """Measure how much slower than a quick machine this one starts a process, the load of the moment included."""
    took = []
    for _ in range(3):
        began = monotonic()
        await (await start(("--help",), {"PATH": os.environ["PATH"]}, folder / "slowness.log")).wait()
        took.append(monotonic() - began)
    return min(max(sorted(took)[1] / QUICK, 1.0), SLOWEST)


@asynccontextmanager
async def open_stage(plan: Plan, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[SimulationStage]:
    """Open the stage; no process runs yet."""
    slowness = await _slowness(folder)
    moments, database = Moments(), folder / "sessions.db"
    model = SimulatedModel(plan.moods, moments.come)
    async with AsyncExitStack() as stack:
        opening = open_workspace(
            build_town(),
            seed=plan.seed,
            ack_timeout=ACK_TIMEOUT * slowness,
            retry_delays=[delay * slowness for delay in plan.retries],
            journal_limit=1_000,
        )
        workspace = await stack.enter_async_context(opening)
        workspace.faults.rng.seed(plan.seed)
        model_url = await stack.enter_async_context(serve_model(model))
        environment = {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "OPENAI_BASE_URL": model_url,
            "CHATHAKASE_DATABASE_URL": f"sqlite:///{database}",
            **SETTINGS,
            **settings,
        }
        people = [await stack.enter_async_context(workspace.person(name)) for name in PEOPLE]
        bots = await stack.enter_async_context(open_bots(folder, environment))
        stage = SimulationStage(
            plan, workspace, model, bots, people, moments, database, folder / "clock", slowness=slowness
        )
        stack.callback(workspace.journal.subscribe(stage.entries.append))
        stack.callback(workspace.journal.subscribe(moments.observe))
        yield stage
