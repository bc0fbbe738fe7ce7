"""What belongs to another workspace waits for a bot that is there, however it came into this bot's database."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]

MOVE = """
UPDATE sessions SET workspace = 'T2', answered = 0;
UPDATE jobs SET workspace = 'T2', done_at = NULL, held_until = 0;
"""
LOOK = "SELECT asked > answered, attempts, lease_owner FROM sessions WHERE workspace = 'T2'"
LOOK_AT_JOBS = "SELECT count(*), max(attempts), max(held_until), max(done_at) FROM jobs WHERE workspace = 'T2'"


async def test_nothing_of_another_workspace_is_answered(
    start: Start, open_the_bot: OpenBot, model: ModelServer, database: Path
) -> None:
    async with open_the_bot():
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await thread.say("help")
        await thread.answers(2)
    asked = len(model.requests)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(MOVE)
    async with open_the_bot() as manager:
        other = await start("@ChatHakase is anybody there?")
        await other.answers(1)
        await manager.wake_waiting()
        await other.say("and now?")
        await other.answers(2)
        assert len(thread.replies()) == 2
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute(LOOK).fetchall() == [(1, 0, None)]
            assert connection.execute(LOOK_AT_JOBS).fetchall() == [(1, 1, 0, None)]
    assert len([each for each in model.requests[asked:] if "hello" in str(each)]) == 0
