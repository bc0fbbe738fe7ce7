"""How many instructions a process carries out, by ``perf stat``: as many on a busy machine as on one at rest.

Where the system does not count them (without perf, within many containers and virtual machines, or where
``kernel.perf_event_paranoid`` forbids it), nobody knows.
"""

import asyncio
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

EVENT = "instructions:u"
"""Those of the process itself, without the kernel's."""
COUNTED = re.compile(rf"^(\d+),[^,]*,{EVENT},", re.MULTILINE)
"""A line of ``perf stat -x,``; in the place of the number stands ``<not supported>`` or ``<not counted>``."""
NOT_COUNTED = "not supported"
"""What a table says in the place of a number."""
ATTACHED_WITHIN = 0.1
"""Seconds after which perf counts; it does not say when it begins."""


def of_a_turn(counts: Sequence[int | None], turns: int) -> float | None:
    """Millions of instructions, of all that were counted; None where the system does not count."""
    known = [count for count in counts if count is not None]
    return sum(known) / turns / 1e6 if len(known) == len(counts) else None


def number(said: str) -> int | None:
    """The number that perf tells; None where it could not count."""
    found = COUNTED.search(said)
    return int(found[1]) if found else None


@dataclass(slots=True)
class Count:
    """What was counted within a block, once that is left."""

    instructions: int | None = None
    """None where the system does not count."""


@asynccontextmanager
async def counting(pid: int) -> AsyncIterator[Count]:
    """Count what a process does, with all its threads, until the block ends."""
    count = Count()
    try:
        perf = await asyncio.create_subprocess_exec(
            *("perf", "stat", "-x", ",", "-e", EVENT, "-p", str(pid)), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
    except OSError:
        yield count
        return
    try:
        await asyncio.sleep(ATTACHED_WITHIN)
        yield count
    finally:
        with suppress(ProcessLookupError):
            perf.send_signal(signal.SIGINT)
        _, said = await perf.communicate()
    count.instructions = number(said.decode(errors="replace"))
