"""A connection that cannot be opened leaves no thread behind that speaks to a loop which is gone."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chathakase.storage.sqlite.connection import connect


class Slow(logging.Handler):
    """Holds up the thread before whatever it does."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("executing"):
            time.sleep(0.02)


@pytest.fixture
def slow() -> Iterator[None]:
    logger, handler = logging.getLogger("aiosqlite"), Slow()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.usefixtures("slow")
def test_its_thread_ends_before_its_loop_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)

    async def fail() -> None:
        async with AsyncExitStack() as stack:
            await connect(stack, str(tmp_path / "missing" / "file.db"), "")

    before = set(threading.enumerate())
    with pytest.raises(Exception, match="unable to open database file"):
        asyncio.run(fail())
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert not failed
