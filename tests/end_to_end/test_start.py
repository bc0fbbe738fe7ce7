"""What ``chathakase run`` loads until it answers: all of it makes people wait for a start, and stays in memory."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread

Start = Callable[..., Awaitable[Thread]]

OF_OTHER_COMMANDS = {"chathakase.playground", "chathakase.play", "chathakase.report", "rich", "yaml"}
OF_FILES = {"pypdf", "PIL", "docx", "openpyxl", "pptx", "lxml"}
"""What takes files apart, in processes of its own."""


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries for as long as a process takes to start on a busy machine."""
    return (0.0, 1.0, 20.0)


async def test_it_loads_nothing_that_only_other_commands_need(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "importtime", "-m", "chathakase", "run"),
            env={"PATH": os.environ["PATH"], **environment},
            cwd=tmp_path,
            stderr=log,
        )
    try:
        await workspace.wait_for_socket(90)
        await (await start("@ChatHakase hello")).answers(1, containing="hello")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    loaded = re.findall(r"^import time:.*\| +(\S+)$", (tmp_path / "log").read_text(), re.MULTILINE)
    assert "chathakase.app" in loaded
    unneeded = OF_OTHER_COMMANDS | OF_FILES
    assert [name for name in loaded if any(name == each or name.startswith(f"{each}.") for each in unneeded)] == []
