"""Idle sessions expire: archived ones wake, deleted ones are gone."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from chathakase.core.types import ExpiryMode
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


def count(database: Path, sql: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(sql).fetchone()[0])


async def test_an_archived_session_is_woken_by_the_next_message(
    start: Start, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path
) -> None:
    async with open_the_bot(chathakase_session_timeout=1):
        thread = await start("@ChatHakase the word is swordfish")
        await thread.answers(1)
        archived = "SELECT count(*) FROM sessions WHERE archived_at IS NOT NULL"
        await workspace.until(lambda: count(database, archived) == 1)
        await thread.say("what is the word?")
        await thread.answers(2, containing="what is the word?")
        assert "swordfish" in model.said()
        assert count(database, archived) == 0


async def test_an_expired_session_is_deleted_with_every_row(
    start: Start, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path
) -> None:
    async with open_the_bot(chathakase_session_timeout=1, chathakase_expiry=ExpiryMode.DELETE):
        thread = await start("@ChatHakase the word is swordfish")
        await thread.answers(1)
        await workspace.until(lambda: count(database, "SELECT count(*) FROM sessions") == 0)
        assert count(database, "SELECT count(*) FROM messages") == 0
        assert count(database, "SELECT count(*) FROM turns") == 0
        await thread.say("nobody listens any more")
        await thread.say("@ChatHakase what is the word?")
        await thread.answers(2, containing="what is the word?")
        assert model.requests[-1]["messages"][1:] == [{"role": "user", "content": "[alice] what is the word?"}]


async def test_a_session_with_a_turn_under_way_never_expires(
    start: Start, open_the_bot: OpenBot, model: ModelServer, database: Path
) -> None:
    hold = asyncio.Event()
    model.will(says("Let me", " think.", hold=hold))
    async with open_the_bot(chathakase_session_timeout=1, chathakase_expiry=ExpiryMode.DELETE):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await asyncio.sleep(2.5)
        assert count(database, "SELECT count(*) FROM sessions") == 1
        hold.set()
        await thread.answers(1, containing="Let me think.")
