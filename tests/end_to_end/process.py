"""``chathakase run`` as a process of its own."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from chathakase.playground.server import Workspace
from tests.preloaded import Process, start


async def spawn(environment: Mapping[str, str], log: Path, *command: str) -> Process:
    """Start a command of the bot's, ``run`` unless told otherwise, with its output in a file."""
    return await start(command or ("run",), {"PATH": os.environ["PATH"], **environment}, log)


@asynccontextmanager
async def running(environment: Mapping[str, str], workspace: Workspace, log: Path) -> AsyncIterator[Process]:
    """The bot, connected; killed at the end if it still runs."""
    process = await spawn(environment, log)
    try:
        await workspace.wait_for_socket(90)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
