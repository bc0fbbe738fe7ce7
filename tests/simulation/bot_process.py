"""The bot's process, ``chathakase run``, on a machine whose clock is wrong by what a file says, in milliseconds."""

import os
from pathlib import Path

from chathakase import app
from chathakase.cli import commands

CLOCK = "SIMULATED_CLOCK"
"""Names the file in the environment."""


def main() -> None:
    clock, right = Path(os.environ[CLOCK]), app.now
    app.now = lambda: right() + int(clock.read_text())
    commands.main()


if __name__ == "__main__":
    main()
