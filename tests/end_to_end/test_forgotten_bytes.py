"""What people have forgotten, in Slack: seconds later it is in no byte of the database's files."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import choose
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
WORDS = "the swordfish of Kyōto swims at dawn"


@pytest.fixture
async def quick_bot(open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SessionManager]:
    monkeypatch.setattr("chathakase.app.TRUNCATE_WAL_EVERY", 0.1)
    async with open_the_bot() as manager:
        yield manager


async def gone(database: Path) -> None:
    async with asyncio.timeout(20):
        while any(WORDS.encode() in each.read_bytes() for each in database.parent.glob(f"{database.name}*")):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", ["clear session", "delete session", "forget my messages here", "edited", "deleted"])
async def test_what_is_forgotten_leaves_every_file(
    how: str, start: Start, quick_bot: SessionManager, workspace: Workspace, model: ModelServer, database: Path
) -> None:
    model.will(says("Noted."))
    thread = await start(f"@ChatHakase {WORDS}")
    await thread.answers(1)
    assert any(WORDS.encode() in each.read_bytes() for each in database.parent.glob(f"{database.name}*"))
    if how == "edited":
        await thread.person.edit(thread.channel, thread.ts, "@ChatHakase never mind")
    elif how == "deleted":
        await thread.person.delete(thread.channel, thread.ts)
    else:
        await thread.say(how)
    if how == "delete session":
        await choose(workspace, thread.person, "Delete conversation")
    await gone(database)
