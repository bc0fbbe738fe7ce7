"""``python -m benchmarks [turns] [memory] [store]``: what is named, or everything; ends with the goals.

A goal that is missed is told and is no error; the exit code is 1 when something did not run at all.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import memory, store, turns
from benchmarks.bots import DidNotRun
from benchmarks.machine import describe
from benchmarks.report import Goal, console, show_goals

SUITES = {"store": store.measure, "memory": memory.measure, "turns": turns.measure}
ON_DISK = Path("/var/tmp")
"""Unlike /tmp never in memory, so that a file is one on disk."""


def run(names: list[str]) -> None:
    """Measure what is named."""
    goals: list[Goal] = []
    with TemporaryDirectory(prefix="chathakase-bench-", dir=ON_DISK if ON_DISK.is_dir() else None) as folder:
        describe(Path(folder))
        for name in names:
            own = Path(folder) / name
            own.mkdir()
            goals += asyncio.run(SUITES[name](own))
    show_goals(goals)


def main() -> int:
    """Run, and return the exit code."""
    names = sys.argv[1:] or list(SUITES)
    if unknown := set(names) - set(SUITES):
        console.print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(SUITES)}.")
        return 2
    try:
        run(names)
    except DidNotRun as error:
        console.print(str(error), markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
