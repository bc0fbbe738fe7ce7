"""Two bots by accident on one database: Slack hands each event to either, and nothing is lost or doubled by that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chathakase.engine.turns.verdict import STOPPED, TAKEN_BACK, with_notice
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.process import running
from tests.model_server import ModelServer, says

pytestmark = pytest.mark.long

Start = Callable[..., Awaitable[Thread]]


@pytest.fixture
async def both(environment: dict[str, str], workspace: Workspace, tmp_path: Path) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for name in ("first", "second"):
            await stack.enter_async_context(running(environment, workspace, tmp_path / name))
        await workspace.until(lambda: workspace.sockets == 2, 30)
        yield


@pytest.mark.timeout(180)
async def test_every_question_is_answered_once(
    both: None, workspace: Workspace, start: Start, model: ModelServer, people: dict[str, PersonClient]
) -> None:
    # Slack takes only one message a second in each channel.
    channels = ("#general", "#random") * 2
    threads = await asyncio.gather(*(start("@ChatHakase hello", channel=channel) for channel in channels))
    for turn in range(5):
        await asyncio.gather(
            *(thread.say(f"q{turn}-{name}", person) for thread in threads for name, person in people.items())
        )
    asked = {f"q{turn}-{name}" for turn in range(5) for name in people}

    def all_answered() -> bool:
        return all(asked <= words(thread) for thread in threads)

    def words(thread: Thread) -> set[str]:
        return set(" ".join(thread.texts()).split())

    await workspace.until(all_answered, 120)
    for thread in threads:
        said = " ".join(thread.texts()).split()
        assert [word for word in said if word in asked] == sorted(asked & set(said), key=said.index)
        assert all(said.count(word) == 1 for word in asked)


async def test_a_turn_is_stopped_by_whichever_hears_of_it(both: None, start: Start, model: ModelServer) -> None:
    for number in range(4):
        model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
        thread = await start(f"@ChatHakase {number}")
        await thread.answers(1, containing="beginning")
        await thread.say("stop")
        await thread.answers(1, containing="Stopped", within=30)
        assert model.under_way == 0


@pytest.fixture
async def abandoned(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> Thread:
    """A thread in which a process died in the middle of its answer."""
    for _ in range(2):
        model.will(says("The beginning", " and the end.", hold=asyncio.Event()))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="beginning")
        process.kill()
        await process.wait()
    return thread


async def test_a_turn_whose_process_died_can_be_stopped(
    abandoned: Thread, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer
) -> None:
    async with open_the_bot():
        await abandoned.say("stop")
        await abandoned.answers(1, containing="Stopped", within=30)
        await workspace.until(lambda: model.under_way == 0)


async def test_a_turn_whose_process_died_leaves_nothing_half_when_the_session_is_cleared(
    abandoned: Thread, open_the_bot: OpenBot, workspace: Workspace
) -> None:
    async with open_the_bot():
        await abandoned.say("clear session")
        await abandoned.answers(2, containing="I have forgotten", within=30)
        await workspace.until(lambda: abandoned.texts()[0].endswith((STOPPED, with_notice("", TAKEN_BACK))))
        await workspace.until(lambda: [block["type"] for block in abandoned.replies()[0].blocks] == ["markdown"])
