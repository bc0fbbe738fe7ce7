"""Runs the program many times in one process: it is loaded once, and each case is a fork of that.

``python -m tests.end_to_end.forked`` reads cases as JSON from its standard input, and writes what became of them.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from chathakase.__main__ import main as command
from chathakase.cli.commands import carry_out
from chathakase.cli.process import BAD_SETTINGS
from tests.preloaded import load

AT_ONCE = 4
WITHIN = 20.0
"""Seconds that a case may take."""
HERE = ("127.0.0.1", "localhost", "::1", "", None)


@dataclass(frozen=True)
class Case:
    """One run: its arguments, and what is set. Bytes that are no UTF-8 are written as halves of pairs."""

    argv: Sequence[str]
    environment: dict[str, str]
    dotenv: str | None = None
    folder: str = field(default_factory=lambda: mkdtemp(prefix="case-", dir=os.environ.get("CASES")))


@dataclass(frozen=True)
class CaseEnd:
    """What became of a case; the code is below zero when it had to be killed."""

    code: int
    said: str


def run_all(cases: Sequence[Case], work: Callable[[], None]) -> list[CaseEnd]:
    """Run the work for each case, some at once."""
    ended: dict[int, CaseEnd] = {}
    running: dict[int, tuple[int, float]] = {}
    waiting = list(enumerate(cases))[::-1]
    with selectors.DefaultSelector() as selector:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                number, case = waiting.pop()
                pid = _start(case, work)
                handle = os.pidfd_open(pid)
                selector.register(handle, selectors.EVENT_READ, (number, pid))
                running[number] = handle, monotonic()
            for key, _ in selector.select(timeout=1.0):
                number, pid = key.data
                selector.unregister(key.fd)
                os.close(running.pop(number)[0])
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                said = (Path(cases[number].folder) / "said").read_bytes().decode(errors="surrogateescape")
                ended[number] = CaseEnd(code, said)
            for handle, began in running.values():
                if monotonic() - began > WITHIN:
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
    return [ended[number] for number in range(len(cases))]


def _start(case: Case, work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        _prepare(case)
        work()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return 0


def _prepare(case: Case) -> None:
    os.chdir(case.folder)
    if case.dotenv is not None:
        Path(".env").write_bytes(case.dotenv.encode(errors="surrogateescape"))
    said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(said, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(case.environment)
    sys.argv = ["chathakase", *case.argv]
    socket.getaddrinfo = _only_here


_look_up = socket.getaddrinfo


def _only_here(host: Any, *arguments: Any, **options: Any) -> Any:
    """Nothing leaves this machine."""
    if (host.decode() if isinstance(host, bytes) else host) not in HERE:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _look_up(host, *arguments, **options)


def main() -> None:
    """Read, run, write."""
    cases = [Case(**case) for case in json.load(sys.stdin)]
    _warm_up()
    json.dump([asdict(ended) for ended in run_all(cases, command)], sys.stdout)


def _warm_up() -> None:
    """Have everything loaded that the program loads late, before it is multiplied."""
    with redirect_stderr(StringIO()):
        given, sys.argv = sys.argv, ["chathakase", "export", "--folder"]
        assert carry_out() == BAD_SETTINGS
        sys.argv = given
    load()
    gc.freeze()


if __name__ == "__main__":
    main()
