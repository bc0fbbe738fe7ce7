"""The bot with a window into its event loop: ``chathakase`` as it is, and on SIGUSR1 it writes what can be seen there.

Each look adds a line to the file that WINDOW names: how many tasks there are, and the most seconds for which the loop
was late since the look before.
"""

import asyncio
import json
import os
import signal
from pathlib import Path

from chathakase.cli.commands import main

BEAT = 0.05
"""Seconds between two looks of the loop at its own clock, from the first look through the window on."""


class LoadWindow:
    """Counts tasks and measures lateness."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beating = False
        self._late = 0.0

    def look(self, *_: object) -> None:
        """The handler of the signal, which runs between two steps of the loop."""
        loop = asyncio.get_running_loop()
        if not self._beating:
            self._beating = True
            loop.call_soon_threadsafe(self._beat, loop, loop.time())
        with self._path.open("a") as file:
            file.write(json.dumps({"tasks": len(asyncio.all_tasks()), "late": self._late}) + "\n")
        self._late = 0.0

    def _beat(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._late = max(self._late, now - due)
        loop.call_at(now + BEAT, self._beat, loop, now + BEAT)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, LoadWindow(Path(os.environ["WINDOW"])).look)
    main()
