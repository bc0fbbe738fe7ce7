"""Processes of the bot that start at once: each is a fork of one that has loaded everything and done nothing yet.

They are processes like any other, with an id, files, an environment and a death of their own; only the seconds of
loading are not spent again and again. ``python -m tests.preloaded SOCKET`` is what they are forked from.
"""

import asyncio
import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from chathakase import cli
from chathakase.__main__ import main as command

ROOT = Path(__file__).parents[1]
REQUEST = 1 << 20
"""Bytes of a request at most."""


@dataclass
class Process:
    """A process, as asyncio has them."""

    pid: int
    ended: "asyncio.Task[int]"

    @property
    def returncode(self) -> int | None:
        """The exit code, below zero when a signal ended it; None while it runs."""
        return self.ended.result() if self.ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    def send_signal(self, signum: int) -> None:
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


async def start(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    program: str = "",
    cwd: Path | None = None,
) -> Process:
    """Run the command line, or the file of another program; what it says goes to a file, errors maybe to another."""
    request = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "output": str(output.absolute()),
        "errors": str((errors or output).absolute()),
        "program": program,
        "cwd": str(cwd or Path.cwd()),
    }
    reader, writer = await asyncio.open_unix_connection(_server())
    writer.write(json.dumps(request).encode() + b"\n")
    pid = int(await reader.readline())

    async def ended() -> int:
        try:
            return int(await reader.readline())
        finally:
            writer.close()

    return Process(pid, asyncio.ensure_future(ended()))


@cache
def _server() -> str:
    """Where processes are forked; one such server for each process that runs tests, with which it ends."""
    address = str(Path(tempfile.mkdtemp(prefix="preloaded-")) / "socket")
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"} | _measured()
    command_line = [sys.executable, "-m", "tests.preloaded", address]
    server = subprocess.Popen(command_line, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_end, server)
    return address


def _measured() -> dict[str, str]:
    """Has what is forked count as covered, where that is measured."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.kill()
    server.wait()


def main(address: str) -> None:
    """Load everything, and fork whenever somebody asks for it, until whoever started this is gone."""
    load()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        _serve(listening)


def load() -> None:
    """Load what any command of the program needs."""
    for module in iter_modules(cli.__path__, f"{cli.__name__}."):
        import_module(module.name)


def _serve(listening: socket.socket) -> None:
    waiting: dict[int, socket.socket] = {}
    heard, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    parent = os.getppid()
    with selectors.DefaultSelector() as selector:
        for each in (listening, heard):
            selector.register(each, selectors.EVENT_READ)
        while os.getppid() == parent:
            for key, _ in selector.select(timeout=2.0):
                if key.fileobj is listening:
                    _fork(listening.accept()[0], waiting)
                else:
                    heard.recv(64)
            _tell_of_the_dead(waiting)


def _fork(connection: socket.socket, waiting: dict[int, socket.socket]) -> None:
    with connection.makefile("rb") as lines:
        request = json.loads(lines.readline(REQUEST))
    pid = os.fork()
    if not pid:
        _become(request)
    connection.sendall(f"{pid}\n".encode())
    waiting[pid] = connection


def _tell_of_the_dead(waiting: dict[int, socket.socket]) -> None:
    while waiting:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with waiting.pop(pid) as connection, suppress(OSError):
            connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(request: dict[str, Any]) -> None:
    """Be the process that was asked for, and end as it ends."""
    code = 99
    try:
        _forget_where_it_comes_from(request)
        sys.argv = [request["program"] or "chathakase", *request["arguments"]]
        if request["program"]:
            runpy.run_path(request["program"], run_name="__main__")
        else:
            command()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _forget_where_it_comes_from(request: dict[str, Any]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor, name in ((1, "output"), (2, "errors")):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(3, 1_024)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])


if __name__ == "__main__":
    main(sys.argv[1])
