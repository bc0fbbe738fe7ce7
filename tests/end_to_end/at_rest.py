"""Waits until a bot has nothing left to do."""

from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace


async def at_rest(workspace: Workspace, bot: SessionManager) -> None:
    """Wait until all that was said is taken in, and no answer and no job is under way."""
    await workspace.until(lambda: not (workspace.pending_events or bot.scheduler.tasks or bot.jobs.tasks))
