"""``python -m benchmarks [store] [memory] [turns] [short] [fanout] [load] [tokens]``: what is named, or all.

``--channels N`` lets ``fanout`` ask in N channels rather than as a team would. ``python -m benchmarks soak`` takes half
an hour, or ``--minutes N``, and runs only when it is named, as ``big`` does, which takes ``--sessions N --messages N``
and builds its database only once in ``--keep FOLDER``, and ``threads``, which lists them among 100,000.

It ends with goals. One that is missed is told and is no error; the exit code is 1 when something did not run at all.
"""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from benchmarks import big, fanout, listing_times, load, memory, short, soak, store, tokens, turns
from benchmarks.filling import Size
from benchmarks.measured_bots import CHANNELS, DidNotRun
from benchmarks.report import Goal, console, show_goals
from benchmarks.this_machine import describe

Suite: TypeAlias = Callable[[Path], Coroutine[None, None, list[Goal]]]

SUITES: dict[str, Suite] = {
    "store": store.measure,
    "memory": memory.measure,
    "turns": turns.measure,
    "short": short.measure,
    "fanout": fanout.measure,
    "load": load.measure,
    "tokens": tokens.measure,
}
NAMED_ONLY: dict[str, Suite] = {"soak": soak.measure, "big": big.measure, "threads": listing_times.measure}
ON_DISK = Path("/var/tmp")
"""Unlike /tmp never in memory, so that a file is one on disk."""


def run(suites: dict[str, Suite]) -> None:
    """Measure."""
    goals: list[Goal] = []
    with TemporaryDirectory(prefix="chathakase-bench-", dir=ON_DISK if ON_DISK.is_dir() else None) as folder:
        describe(Path(folder))
        for name, measure in suites.items():
            own = Path(folder) / name
            own.mkdir()
            goals += asyncio.run(measure(own))
    show_goals(goals)


def main() -> int:
    """Run, and return the exit code."""
    parser = ArgumentParser(prog="python -m benchmarks")
    known = SUITES | NAMED_ONLY
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(known))
    parser.add_argument("--channels", type=int, choices=range(1, CHANNELS + 1), metavar="N")
    parser.add_argument("--minutes", type=float, default=soak.MINUTES, metavar="N")
    parser.add_argument("--sessions", type=int, default=big.SMALL.sessions, metavar="N")
    parser.add_argument("--messages", type=int, default=big.SMALL.messages, metavar="N")
    parser.add_argument("--deleted", type=int, default=big.DELETED, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    if unknown := set(given.names) - set(known):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    suites = known | {
        "fanout": partial(fanout.measure, channels=given.channels),
        "soak": partial(soak.measure, minutes=given.minutes),
        "big": partial(big.measure, size=Size(given.sessions, given.messages), keep=given.keep, deleted=given.deleted),
    }
    try:
        run({name: suites[name] for name in given.names or SUITES})
    except DidNotRun as error:
        console.print(str(error), markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
