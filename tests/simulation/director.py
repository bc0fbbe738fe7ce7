"""Plays a plan on the stage, each deed at its time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from tests.simulation.crowd import Crowd
from tests.simulation.deeds import (
    Again,
    ApiFault,
    Deed,
    Drop,
    FaultKind,
    Freeze,
    Hold,
    Jump,
    Kill,
    Moment,
    Redeliver,
    Refresh,
    Restart,
    Say,
    Second,
    Shuffle,
    Stop,
    Twice,
)
from tests.simulation.machine import Machine
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.weather import Weather

START_WITHIN = 90.0
"""Seconds until the first process must be connected."""


class Director:
    """Does what the plan says, and counts what really came to pass."""

    def __init__(self, stage: SimulationStage) -> None:
        self._stage = stage
        self._crowd = Crowd(stage)
        self._machine = Machine(stage)
        self._weather = Weather(stage)
        self.deeds: Counter[str] = Counter()
        """How many deeds of each kind came to pass."""

    @property
    def kills(self) -> Counter[Moment]:
        """How many processes were killed, and when."""
        return self._machine.kills

    @property
    def met(self) -> Counter[FaultKind]:
        """The faults of the Web API that calls really met, as long as those ahead are not taken back."""
        return self._weather.met()

    async def play(self, progress: Callable[[int, int], None]) -> None:
        """Start the bot and play the whole plan; ``progress`` hears how many deeds are done, of how many."""
        self._stage.bots.start()
        await self._stage.workspace.wait_for_socket(START_WITHIN)
        began, deeds = monotonic(), self._stage.plan.deeds
        async with asyncio.TaskGroup() as group:
            for number, deed in enumerate(deeds):
                await asyncio.sleep(began + deed.at * self._stage.slowness - monotonic())
                if isinstance(deed, Say):
                    # One after the other, since a thread is begun before anybody goes on with it.
                    await self._crowd.say(deed)
                else:
                    group.create_task(self._do(deed))
                progress(number + 1, len(deeds))

    async def _do(self, deed: Deed) -> None:
        played: Mapping[type[Deed], Callable[..., Awaitable[bool]]] = {
            Stop: self._crowd.stop,
            Again: self._crowd.again,
            Kill: self._machine.kill,
            Restart: self._machine.restart,
            Freeze: self._machine.freeze,
            Second: self._machine.second,
            Jump: self._machine.jump,
            Drop: self._weather.drop,
            Refresh: self._weather.refresh,
            Twice: self._weather.twice,
            Hold: self._weather.hold,
            Redeliver: self._weather.redeliver,
            Shuffle: self._weather.shuffle,
            ApiFault: self._weather.api_fault,
        }
        if await played[type(deed)](deed):
            self.deeds[type(deed).__name__] += 1
