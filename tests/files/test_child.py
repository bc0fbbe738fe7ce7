"""What happens to a process that takes a file apart."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chathakase.files.child import BROKEN, TOO_LONG, ask

pytestmark = pytest.mark.usefixtures("outside")

ODD, HANGING = "tests.files.odd_child", "tests.files.hanging_child"
ENDLESS = bytes(4_000_000)
"""More than a pipe takes from us while nobody reads."""


def is_gone(pid: Path) -> bool:
    """Whether a process has ended and was waited for; one that was too slow to tell who it is has."""
    number = pid.read_text() if pid.exists() else ""
    if not number:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    return False


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not there():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("deed", ["write", "swell", "raise", "abort", "rave", "flood", "number"])
@pytest.mark.usefixtures("own_folder")
async def test_whatever_a_file_makes_it_do_is_a_refusal(deed: str) -> None:
    assert await ask(ODD, deed.encode()) == {"refusal": BROKEN}


async def test_it_knows_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    known = set((await ask(ODD, b"tell"))["text"].split())
    assert known <= {"PATH", "SYSTEMROOT", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}


async def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    assert await ask(HANGING, f"{pid}\n".encode() + ENDLESS, deadline=1) == {"refusal": TOO_LONG}
    assert is_gone(pid)


async def test_nothing_is_left_of_it_when_nobody_waits_any_longer(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    before = asyncio.all_tasks()
    asking = asyncio.create_task(ask(HANGING, f"{pid}\n".encode() + ENDLESS))
    await until(lambda: pid.exists() and pid.read_text() != "")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert is_gone(pid)
    assert asyncio.all_tasks() == before


async def test_cancelled_at_any_moment_it_leaves_nothing(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    for turns in range(0, 40, 3):
        asking = asyncio.create_task(ask(ODD, b"tell"))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert asyncio.all_tasks() == before


async def test_a_machine_that_starts_no_process_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert (await ask(ODD, b"tell"))["refusal"]
