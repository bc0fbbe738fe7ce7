"""What happens to the bot's processes and to their clock."""

import asyncio
import signal
from collections import Counter

from tests.simulation.bots import set_clock
from tests.simulation.deeds import Freeze, Jump, Kill, Moment, Restart, Second
from tests.simulation.stage import Stage

MOMENT_WITHIN = 2.0
"""Seconds for which a moment to kill is waited for."""


class Machine:
    """The machine on which the bot runs."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.kills: Counter[Moment] = Counter()

    async def kill(self, deed: Kill) -> bool:
        """``kill -9``."""
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
