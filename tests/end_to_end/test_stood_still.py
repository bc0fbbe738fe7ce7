"""A process that stood still for longer than it holds anything finds another at its work, and leaves that alone."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from chathakase.core.leases import LEASE_MS
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.end_to_end.process import running
from tests.model_server import ModelServer, says
from tests.preloaded import Process

pytestmark = pytest.mark.long

Start = Callable[..., Awaitable[Thread]]


def is_writable(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


async def stop(process: Process) -> None:
    process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(0.05)  # It may run for a moment.


@asynccontextmanager
async def standing_still(
    process: Process, database: Path, *, wakes_to: tuple[signal.Signals, ...]
) -> AsyncIterator[None]:
    """Stop a process, but in no transaction: nobody could write to SQLite's file then, whatever they do."""
    await stop(process)
    while not is_writable(database):
        process.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.01)
        await stop(process)
    try:
        yield
    finally:
        for signum in (*wakes_to, signal.SIGCONT):
            process.send_signal(signum)


@pytest.mark.parametrize(
    ("whole", "wakes_to"),
    [(True, ()), (False, (signal.SIGTERM,))],
    ids=["written meanwhile, and goes on", "half written, and is to end"],
)
async def test_whoever_stood_still_leaves_what_another_has_written(
    whole: bool,
    wakes_to: tuple[signal.Signals, ...],
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    database: Path,
    tmp_path: Path,
) -> None:
    go_on = asyncio.Event()
    model.will(says("Half", " of the first.", hold=go_on))
    async with running(environment | {"CHATHAKASE_GRACE": "0"}, workspace, tmp_path / "first") as first:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        model.will(says("All of the second."))
        async with standing_still(first, database, wakes_to=wakes_to):
            if whole:
                go_on.set()
            async with running(environment, workspace, tmp_path / "second"):
                await thread.answers(1, containing="All of the second.", within=LEASE_MS / 1000 + 20)
                await asyncio.sleep(1)
        if not whole:
            go_on.set()
        if wakes_to:
            assert await asyncio.wait_for(first.wait(), 20) == 0
        else:
            await asyncio.sleep(4)
        assert thread.texts() == ["All of the second."]
        assert "Traceback" not in (tmp_path / "first").read_text()
