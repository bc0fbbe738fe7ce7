"""Takes a file apart in a process of its own, since it may be made to crash, to hang or to fill the memory.

The child gets the bytes on its standard input and answers with one JSON object. It knows none of the bot's secrets,
can write no file, and is ended when nobody waits for it any longer.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping
from contextlib import suppress

DEADLINE = 12.0
"""Seconds after which a child is killed."""
MEMORY = 2**29
"""Bytes of memory that a child may have."""
CPU = 20
"""Seconds of a processor that it may use."""
CHUNK = 2**18
ANSWER_MOST = 4_000_000
"""Bytes of an answer: a text or a picture, as JSON."""

TOO_LONG = "it takes too long to read"
BROKEN = "it is damaged, or too large to read"

Answer = Mapping[str, str]


async def ask(module: str, data: bytes, *, deadline: float = DEADLINE) -> Answer:
    """Have a module read a file in a child; a refusal if it cannot. Cancelled, it leaves no child behind."""
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", module), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
        )
    except OSError:
        return {"refusal": "there are not enough resources to read it"}
    try:
        async with asyncio.timeout(deadline):
            await _feed(child, data)
            output = await _heard(child)
    except TimeoutError:
        return {"refusal": TOO_LONG}
    finally:
        await _end(child)
    return _answer(output)


def answer(read: Callable[[bytes], Answer]) -> None:
    """Be the child: read standard input and answer."""
    _restrict()
    data = sys.stdin.buffer.read()
    try:
        said = read(data)
    except Exception:  # noqa: BLE001 - libraries fail in any way on what was made to break them
        said = {"refusal": BROKEN}
    sys.stdout.buffer.write(json.dumps(said).encode())


async def _feed(child: asyncio.subprocess.Process, data: bytes) -> None:
    """Hand the bytes over in pieces: all at once, they would be copied while everybody else waits."""
    assert child.stdin
    with suppress(ConnectionError):
        for start in range(0, len(data), CHUNK):
            child.stdin.write(data[start : start + CHUNK])
            await child.stdin.drain()
    child.stdin.close()


async def _heard(child: asyncio.subprocess.Process) -> bytes:
    """All that a child says; nothing where it says more than any answer has."""
    assert child.stdout
    output = bytearray()
    while piece := await child.stdout.read(CHUNK):
        output += piece
        if len(output) > ANSWER_MOST:
            return b""
    return bytes(output)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()
        # Reads its pipes to their end as well, so that nothing of it stays open.
        await child.communicate()


def _answer(output: bytes) -> Answer:
    try:
        said = json.loads(output)
    except ValueError:
        return {"refusal": BROKEN}
    return said if isinstance(said, dict) else {"refusal": BROKEN}


def _environment() -> dict[str, str]:
    """What a child needs to find our code; nothing of the bot's settings."""
    kept = {name: value for name in ("SYSTEMROOT", "PATH") if (value := os.environ.get(name))}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}


def _restrict() -> None:
    """Take away what a child does not need, as far as the system can."""
    for name in ("SIGINT", "SIGTERM"):
        # Both also reach the parent, which decides.
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        import resource
    except ImportError:
        return
    os.nice(5)
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU), (resource.RLIMIT_FSIZE, 0)):
        try:
            resource.setrlimit(limit, (most, most))
        except (ValueError, OSError):
            continue
