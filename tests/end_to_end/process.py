"""``chathakase run`` as a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from chathakase.playground.server import Workspace

Process = asyncio.subprocess.Process


async def spawn(environment: Mapping[str, str], log: Path, *command: str) -> Process:
    """Start a command of the bot's, ``run`` unless told otherwise, with its output in a file."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "chathakase",
            *(command or ("run",)),
            env={"PATH": os.environ["PATH"], **environment},
            stdout=output,
            stderr=output,
        )


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
