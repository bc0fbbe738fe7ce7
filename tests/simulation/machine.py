"""What happens to the bot's processes and to their clock."""

import asyncio
import signal
from collections import Counter
from time import monotonic

from tests.simulation.bot_processes import set_clock
from tests.simulation.deeds import Freeze, Jump, Kill, Moment, Restart, Second
from tests.simulation.simulation_stage import SimulationStage

MOMENT_WITHIN = 2.0
"""Seconds for which a moment to kill is waited for."""

LATE = 10.0
"""Seconds after which a kill is left out, as a slow machine has no process to be killed."""


class Machine:
    """The machine on which the bot runs."""

    def __init__(self, stage: SimulationStage) -> None:
        self._stage = stage
        self._striking = asyncio.Lock()
        self.kills: Counter[Moment] = Counter()

    async def kill(self, deed: Kill) -> bool:
        """``kill -9``; a moment is waited for, and before that a process that can see it, by one kill at a time."""
        if deed.moment is Moment.ANY:
            return await self._strike(deed)
        due = monotonic() + LATE
        async with self._striking:
            if monotonic() > due or not await self._connected(due - monotonic()):
                return False
            return await self._strike(deed)

    async def _connected(self, within: float) -> bool:
        try:
            await self._stage.workspace.wait_for_socket(within)
        except TimeoutError:
            return False
        return True

    async def _strike(self, deed: Kill) -> bool:
        stage, done = self._stage, False

        def kill() -> None:
            nonlocal done
            done = stage.bots.kill(deed.process, down=deed.down)
            stage.note(f"kill -9 {deed.moment}{'' if done else ', but nothing runs'}")

        came = await stage.moments.wait(deed.moment, kill, within=MOMENT_WITHIN)
        self.kills[deed.moment if came else Moment.ANY] += done
        return done

    async def restart(self, deed: Restart) -> bool:
        """SIGTERM."""
        self._stage.note("SIGTERM")
        return self._stage.bots.stop(deed.process, down=deed.down)

    async def freeze(self, deed: Freeze) -> bool:
        """A process stands still for a while."""
        self._stage.note(f"a process stands still for {deed.seconds} s")
        frozen = self._stage.bots.signal(deed.process, signal.SIGSTOP)
        await asyncio.sleep(deed.seconds)
        self._stage.bots.signal(deed.process, signal.SIGCONT)
        return frozen

    async def second(self, deed: Second) -> bool:
        """Another process for a while."""
        self._stage.note("a second process comes")
        self._stage.bots.start(1)
        await asyncio.sleep(deed.seconds)
        self._stage.note("the second process goes")
        self._stage.bots.dismiss(1, killed=deed.killed)
        return True

    async def jump(self, deed: Jump) -> bool:
        """The clock jumps."""
        self._stage.note(f"the clock jumps by {deed.seconds} s")
        self._stage.offset += int(deed.seconds * 1000)
        set_clock(self._stage.clock, self._stage.offset)
        return True
