"""The real terminal of the playground, on a pseudo-terminal and in a pipe, with a model that means ill."""

import asyncio
import os
import pty
import re
import sys
from pathlib import Path

import pytest

from tests.model_server import ModelServer, says

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("own_folder")]

EVIL = (
    "\x1b]0;pwned\x07\x1b]52;c;ZWNobw==\x07\x1b[2J\x1b[3J\x9b2J\x9d0;x\x9c one\rtwo \u202eabc\u2028"
    " &#13; [x](file:///etc/passwd) [y](javascript:alert(1)) [/red] [bold]end of it"
)
DRAWING = re.compile(r"\x1b\[[\d;]*m|\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K|\r(?=\x1b\[(?:2K|1A)|\n|\Z)")
"""What the terminal itself sends: colours, and what a message is redrawn with while it grows."""
TYPED = "hello [/x]\n/threads\n/quit\n"


def obeyed(shown: str) -> list[str]:
    rest = DRAWING.sub("", shown).replace("\r\n", "\n").replace("\n", "")
    return re.findall(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", rest)


@pytest.fixture
def environment(model: ModelServer) -> dict[str, str]:
    model.will(says(EVIL))
    names = {"OPENAI_BASE_URL": model.base_url, "CHATHAKASE_MODEL": "m", "CHATHAKASE_BACKGROUND_MODEL": "off"}
    return {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": "100", **names}


def command() -> list[str]:
    return [sys.executable, "-m", "chathakase", "playground", "--terminal", "--port=0"]


async def test_a_pipe_gets_nothing_that_is_obeyed(environment: dict[str, str], tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command(),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(TYPED.encode()), 60)
    shown = output.decode()
    assert process.returncode == 0, shown
    assert obeyed(shown) == []
    assert "end of it" in shown
    assert "1. #general: @ChatHakase hello [/x] (here)" in shown
    assert r"\x1b]0;pwned\x07" in shown


async def test_a_terminal_gets_nothing_that_it_obeys(environment: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *command(), env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown = b""
    try:
        shown += await _until(ours, b"#general")
        os.write(ours, b"hello [/x]\n")
        shown += await _until(ours, b"in the thread")
        os.write(ours, b"/threads\n/quit\n")
        shown += await _until(ours, b"Bye.")
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
    text = shown.decode()
    assert obeyed(text) == []
    assert "pwned" in text
    assert "hello [/x] (here)" in DRAWING.sub("", text)


async def _until(terminal: int, words: bytes) -> bytes:
    """Read until some words are shown at a prompt of their own."""

    def read() -> bytes:
        shown = b""
        while words not in shown:
            shown += os.read(terminal, 65_536)
        return shown

    return await asyncio.wait_for(asyncio.to_thread(read), 60)
