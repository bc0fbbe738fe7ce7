"""The bot's processes: started, killed, stopped, and started again as whoever runs a bot would."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from chathakase.shutdown import CUT_SHORT
from tests.preloaded import Process, start
from tests.simulation.bot_process import CLOCK

PROGRAM = Path(__file__).with_name("bot_process.py")
COULD_NOT_START = "ChatHakase cannot start"
TIMEOUT = 20.0
"""Seconds that a process gets to stop when it is told to."""
AGAIN = 0.5
"""Seconds until a process that could not start is started again."""
KILLED, STOPPED = "killed", "stopped"
ENDS = {KILLED: (-signal.SIGKILL, -signal.SIGTERM, 0), STOPPED: (0, -signal.SIGTERM)}
"""The exit codes of processes by their fate. Told to stop before it can notice that, one ends by the signal."""


@dataclass
class Life:
    """One process, from its start to its end; times are epoch seconds."""

    number: int
    slot: int
    log: Path
    process: Process
    born: float
    fate: str = ""
    """What was done to it."""
    stood_still: bool = False
    """Whether it did for a while, which may be for all the time that it has to stop in."""
    died: float = 0.0
    code: int | None = None

    @property
    def could_not_start(self) -> bool:
        return self.code == 1 and COULD_NOT_START in self.log.read_text()

    @property
    def complaint(self) -> str:
        """What was wrong with how it ended."""
        if self.code in ENDS.get(self.fate, ()) or self.could_not_start:
            return ""
        if self.code == CUT_SHORT and self.fate == STOPPED and self.stood_still:
            return ""
        return f"process {self.number}, {self.fate or 'left alone'}, ended with {self.code}"


@dataclass
class Slot:
    """A place for one process at a time."""

    wanted: bool = False
    pause: float = 0.0
    """Seconds until the next process is started."""
    life: Life | None = None
    task: asyncio.Task[None] | None = None


@dataclass
class Bots:
    """At most two processes on one database."""

    folder: Path
    environment: Mapping[str, str]
    lives: list[Life] = field(default_factory=list)
    _slots: tuple[Slot, Slot] = field(default_factory=lambda: (Slot(), Slot()))

    def start(self, slot: int = 0) -> None:
        """Have a process running from now on, whatever happens to it."""
        place = self._slots[slot]
        place.wanted = True
        if place.task is None or place.task.done():
            place.task = asyncio.create_task(self._run(slot), name=f"simulated bot {slot}")

    def kill(self, slot: int, *, down: float = 0.0) -> bool:
        """``kill -9``, at once; False when there is nothing to kill. The other one is killed if only that runs."""
        return any(self._end(each, signal.SIGKILL, KILLED, down) for each in (slot, 1 - slot))

    def stop(self, slot: int, *, down: float = 0.0) -> bool:
        """Tell a process to stop, or the other one if only that runs; told twice, it would not wait for anything."""
        return any(self._end(each, signal.SIGTERM, STOPPED, down) for each in (slot, 1 - slot))

    def dismiss(self, slot: int, *, killed: bool) -> None:
        """End a process for good."""
        self._slots[slot].wanted = False
        signum, fate = (signal.SIGKILL, KILLED) if killed else (signal.SIGTERM, STOPPED)
        self._end(slot, signum, fate, 0.0)

    def signal(self, slot: int, signum: int) -> bool:
        """Send a process a signal; False when it does not run."""
        life = self._slots[slot].life
        if life is None or life.process.returncode is not None or life.fate == KILLED:
            return False
        # The process's own method would look whether it has ended, and so take that from whoever waits for it.
        with suppress(ProcessLookupError):
            os.kill(life.process.pid, signum)
        life.stood_still |= signum == signal.SIGSTOP
        return True

    async def close(self) -> None:
        """Stop all processes, and wait for that."""
        for slot in range(len(self._slots)):
            self.dismiss(slot, killed=False)
        tasks = [slot.task for slot in self._slots if slot.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=TIMEOUT)
            for slot in range(len(self._slots)) if late else ():
                self._end(slot, signal.SIGKILL, "never stopped, killed", 0.0)
            await asyncio.gather(*tasks)

    def _end(self, slot: int, signum: int, fate: str, down: float) -> bool:
        place = self._slots[slot]
        if place.life is None or place.life.fate == fate or not self.signal(slot, signum):
            return False
        place.life.fate, place.pause = fate, down
        return True

    async def _run(self, number: int) -> None:
        slot = self._slots[number]
        while slot.wanted:
            life = slot.life = await self._spawn(number)
            life.code = await life.process.wait()
            life.died, slot.life = time.time(), None
            pause, slot.pause = (slot.pause if life.fate else AGAIN), 0.0
            if slot.wanted:
                await asyncio.sleep(pause)

    async def _spawn(self, slot: int) -> Life:
        number = len(self.lives) + 1
        log = self.folder / f"bot-{number:04}.log"
        environment = {"PATH": os.environ["PATH"], **self.environment}
        process = await start(("run",), environment, log, program=str(PROGRAM), cwd=self.folder)
        life = Life(number, slot, log, process, time.time())
        self.lives.append(life)
        return life


@asynccontextmanager
async def open_bots(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Bots]:
    """Processes that end with the block; the file of their clock is in the folder."""
    clock = folder / "clock"
    set_clock(clock, 0)
    bots = Bots(folder, {**environment, CLOCK: str(clock)})
    try:
        yield bots
    finally:
        await bots.close()


def set_clock(clock: Path, offset: int) -> None:
    """Make the clock of all processes wrong by so many milliseconds, at once."""
    new = clock.with_suffix(".new")
    new.write_text(str(offset))
    new.replace(clock)
