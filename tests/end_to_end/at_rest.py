"""Waits until a bot has nothing left to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace


async def at_rest(workspace: Workspace, bot: SessionManager) -> None:
    """Wait until all that was said is taken in, and no answer and no job is under way."""
    await workspace.until(lambda: not (workspace.pending_events or bot.scheduler.tasks or bot.jobs.tasks))


def all_answers_kept(database: Path) -> bool:
    """Whether a bot that is another process has finished and kept each answer: people see its last words before."""
    with closing(sqlite3.connect(database)) as connection:
        (left,) = connection.execute(
            "SELECT count(*) FROM sessions WHERE asked > answered OR lease_owner IS NOT NULL"
        ).fetchone()
    return not left
