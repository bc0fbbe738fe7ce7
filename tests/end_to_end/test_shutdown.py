"""The bot ends when it is told to, whatever hangs, and loses nothing by that."""

import asyncio
import gc
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chathakase.engine.turns.verdict import PAUSED
from chathakase.playground.server import Workspace
from chathakase.shutdown import CUT_SHORT
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.process import running
from tests.model_server import ModelServer, is_silent, says
from tests.preloaded import Process

pytestmark = pytest.mark.long

Start = Callable[..., Awaitable[Thread]]

GRACE = 1.0


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"CHATHAKASE_GRACE": str(GRACE)}


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries for as long as a process takes to start on a busy machine."""
    return (0.0, 1.0, 20.0)


async def ended(process: Process, signum: signal.Signals = signal.SIGTERM) -> int:
    """Tell a process to end; it has another code than 0 when it had to be ended by force after its time."""
    process.send_signal(signum)
    return await asyncio.wait_for(process.wait(), 30)


async def test_an_answer_under_way_may_come_to_its_end(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    hold = asyncio.Event()
    model.will(says("Half", " of it", hold=hold))
    async with running(environment | {"CHATHAKASE_GRACE": "30"}, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        process.send_signal(signal.SIGTERM)
        await workspace.until(lambda: workspace.sockets == 0)
        hold.set()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert thread.texts() == ["Half of it"]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_a_turn_that_is_paused_says_so_and_is_taken_up_again(
    signum: signal.Signals,
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    tmp_path: Path,
) -> None:
    model.will(says("Half", " of it", hold=asyncio.Event()), says("The whole of it."))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        code = await ended(process, signum)
    assert (code, thread.texts()) == (0, [f"Half\n\n{PAUSED}"])
    async with running(environment, workspace, tmp_path / "log"):
        assert await thread.answers(1, containing="The whole", within=30) == ["The whole of it."]


async def test_what_is_asked_at_the_last_moment_waits_for_the_next_start(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    model.will(says("Half", " of it", hold=asyncio.Event()))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        process.send_signal(signal.SIGTERM)
        late = await start("@ChatHakase too late?")
        await process.wait()
    async with running(environment, workspace, tmp_path / "log"):
        await late.answers(1, containing="too late?")
        await thread.answers(1, containing="hello")


@pytest.mark.parametrize("what", ["model", "slack", "both"])
async def test_it_ends_in_time_whatever_hangs(
    what: str, environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    model.will(says("Half", " of it", hold=asyncio.Event()) if what == "slack" else is_silent())
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await workspace.until(lambda: model.under_way == 1)
        if what == "slack":
            await thread.answers(1, containing="Half")
        if what != "model":
            workspace.faults.hang("*", times=1000)
        assert await ended(process) == 0


async def test_a_second_signal_ends_it_at_once(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    model.will(says("Half", " of it", hold=asyncio.Event()), says("The whole of it."))
    async with running(environment | {"CHATHAKASE_GRACE": "600"}, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        process.send_signal(signal.SIGTERM)
        await workspace.until(lambda: workspace.sockets == 0)
        assert await ended(process) == CUT_SHORT
    async with running(environment, workspace, tmp_path / "log"):
        assert await thread.answers(1, containing="The whole", within=30) == ["The whole of it."]


async def test_nothing_is_left(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    def left() -> tuple[set[str], int, int]:
        gc.collect()
        tasks = {task.get_name() for task in asyncio.all_tasks() if not task.get_name().startswith("playground")}
        return tasks, threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    async def once(number: int) -> None:
        database = f"sqlite:///{tmp_path / str(number)}.db"
        model.will(says("Half", " of it", hold=asyncio.Event()))
        async with open_the_bot(chathakase_grace=0, chathakase_database_url=database):
            thread = await start("@ChatHakase hello")
            await thread.answers(1, containing="Half")
            await thread.say("session info")
            await thread.answers(2, containing="Messages")
        await workspace.until(lambda: workspace.sockets == 0 and model.under_way == 0)

    # How many threads the loop's own executor has by now is chance, and they end with the loop.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    await once(0)
    tasks, threads, files = left()
    for number in range(1, 6):
        await once(number)
    again = left()
    assert again[1:] <= (threads, files)
    assert not {name for name in again[0] - tasks if "Task" not in name}
    assert len(asyncio.all_tasks()) <= 12
