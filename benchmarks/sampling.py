"""What can be seen of a bot from outside while it works, and through the window of a windowed one, again and again."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured_bots import Bot

LOOK_WITHIN = 10.0
LOG_HEADER = 32
"""Bytes at the beginning of SQLite's write-ahead log; the fourth number counts its checkpoints
(https://www.sqlite.org/fileformat2.html#the_write_ahead_log)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a bot."""

    at: float
    """Seconds of the performance counter."""
    memory: float
    """Resident MiB."""
    cpu: float
    """Seconds so far."""
    files: int
    threads: int
    tasks: int
    late: float
    """The most seconds for which the event loop was late since the look before."""
    database: float
    """MiB of the database's file."""
    log: float
    """MiB of its write-ahead log."""
    checkpoints: int
    """How often the log was begun again after a checkpoint."""


async def sample(bot: Bot) -> Sample:
    """Look once."""
    tasks, late = await _look_inside(bot)
    usage, log = bot.usage, bot.database.with_name(f"{bot.database.name}-wal")
    return Sample(
        at=time.perf_counter(),
        memory=usage.memory(),
        cpu=usage.cpu(),
        files=usage.files(),
        threads=usage.threads(),
        tasks=tasks,
        late=late,
        database=_mebibytes(bot.database),
        log=_mebibytes(log),
        checkpoints=_checkpoints(log),
    )


@asynccontextmanager
async def sampling(bot: Bot, every: float) -> AsyncIterator[list[Sample]]:
    """Look every so many seconds, from now until the block ends and once more then; the list grows meanwhile."""
    samples = [await sample(bot)]
    task = asyncio.create_task(_sample_on(bot, every, samples))
    try:
        yield samples
        samples.append(await sample(bot))
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _sample_on(bot: Bot, every: float, samples: list[Sample]) -> None:
    while True:
        await asyncio.sleep(every)
        samples.append(await sample(bot))


async def _look_inside(bot: Bot) -> tuple[int, float]:
    if bot.window is None:
        return 0, 0.0
    had = _lines(bot.window)
    try:
        os.kill(bot.usage.pid, signal.SIGUSR1)
        async with asyncio.timeout(LOOK_WITHIN):
            while len(lines := _lines(bot.window)) <= len(had):
                await asyncio.sleep(0.01)
    except (ProcessLookupError, TimeoutError):
        raise bot.failed("lets nobody look inside") from None
    seen = json.loads(lines[-1])
    return int(seen["tasks"]), float(seen["late"])


def _lines(window: Path) -> list[str]:
    """The whole lines of the file behind a window."""
    text = window.read_text() if window.exists() else ""
    return [line for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _mebibytes(file: Path) -> float:
    with suppress(FileNotFoundError):
        return file.stat().st_size / 2**20
    return 0.0


def _checkpoints(log: Path) -> int:
    with suppress(FileNotFoundError), log.open("rb") as file:
        return int.from_bytes(file.read(LOG_HEADER)[12:16], "big")
    return 0
