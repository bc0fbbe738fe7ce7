"""Much of everything: sessions, turns at once, a long thread, one person's burst, and a model that is stuck."""

from collections.abc import Callable, Coroutine
from pathlib import Path

from benchmarks.load import bursts, crowded_channel, long_thread, sleepers, stuck
from benchmarks.report import Goal

PARTS: dict[str, Callable[[Path], Coroutine[None, None, list[Goal]]]] = {
    "sleepers": sleepers.measure,
    "crowd": crowded_channel.measure,
    "long-thread": long_thread.measure,
    "bursts": bursts.measure,
    "stuck": stuck.measure,
}


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    goals: list[Goal] = []
    for name, part in PARTS.items():
        goals += await part(folder / name)
    return goals
