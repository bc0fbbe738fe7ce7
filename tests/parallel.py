"""``python -m tests.parallel ...``: runs pytest in some processes at once, each with its share of the files.

pytest-xdist has every result sent to one process, which costs as much as a third of thousands of short tests.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

import pytest

FEWEST, MOST = 2, 4
"""Processes: each more of them loads all the same modules."""


def main(arguments: Sequence[str]) -> int:
    """Run them, show what the first one says, and after it what the others said; returns the worst exit code."""
    shares = min(max(os.cpu_count() or FEWEST, FEWEST), MOST)
    with ExitStack() as stack:
        first = stack.enter_context(_start(1, shares, arguments))
        logs = [stack.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(1, shares)]
        others = [
            stack.enter_context(_start(number, shares, arguments, log)) for number, log in enumerate(logs, start=2)
        ]
        codes = [each.wait() for each in (first, *others)]
        for log in logs:
            log.seek(0)
            sys.stdout.writelines(log)
    # A share may hold none of what is selected.
    return max((code for code in codes if code != pytest.ExitCode.NO_TESTS_COLLECTED), default=codes[0])


def _start(number: int, shares: int, arguments: Sequence[str], log: IO[str] | None = None) -> "subprocess.Popen[str]":
    command = (sys.executable, "-m", "pytest", "--share", f"{number}/{shares}", *arguments)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL if log else None, stdout=log, stderr=log, text=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
