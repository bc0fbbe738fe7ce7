"""What Slack and the network do."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from chathakase.playground.faults import HOURS
from chathakase.playground.faults import CallFault as Befallen
from tests.simulation.deeds import ApiFault, Drop, FaultKind, Hold, Redeliver, Refresh, Shuffle, Twice
from tests.simulation.simulation_stage import SimulationStage

FAULTS: Mapping[FaultKind, Befallen] = {
    FaultKind.LIMITED: Befallen(status=429, retry_after=1),
    FaultKind.ERROR: Befallen(status=500),
    FaultKind.UNAVAILABLE: Befallen(status=503),
    FaultKind.HTML: Befallen(html=True),
    FaultKind.INTERNAL: Befallen(error="internal_error"),
    FaultKind.LOST_CALL: Befallen(lose_call=True),
    FaultKind.LOST_ANSWER: Befallen(lose_answer=True),
    FaultKind.HANGS: Befallen(lose_call=True, silence=HOURS),
    FaultKind.HANGS_DONE: Befallen(lose_answer=True, silence=HOURS),
    FaultKind.SLOW: Befallen(delay=0.8),
}


class Weather:
    """Everything between the bot and people."""

    def __init__(self, stage: SimulationStage) -> None:
        self._stage = stage
        self._workspace = stage.workspace
        self._faults = stage.workspace.faults
        self._aimed: Counter[tuple[str, FaultKind]] = Counter()

    async def drop(self, _: Drop) -> bool:
        """All sockets break."""
        self._stage.note("all sockets break")
        self._workspace.drop_sockets()
        return True

    async def refresh(self, deed: Refresh) -> bool:
        """Slack sends `disconnect`."""
        self._stage.note(f"disconnect{', a mere warning' if deed.warning else ''}")
        await self._workspace.disconnect("warning" if deed.warning else "refresh_requested")
        return True

    async def twice(self, deed: Twice) -> bool:
        """Events are doubled."""
        self._faults.duplicate_events += deed.events
        return True

    async def hold(self, deed: Hold) -> bool:
        """Acknowledgements are overlooked."""
        self._stage.note(f"acknowledgements are overlooked for {deed.seconds} s")
        self._faults.acks_held = True
        await asyncio.sleep(deed.seconds)
        self._faults.acks_held = False
        return True

    async def redeliver(self, _: Redeliver) -> bool:
        """The last event comes again."""
        self._workspace.redeliver_last()
        return True

    async def shuffle(self, deed: Shuffle) -> bool:
        """Events overtake one another."""
        self._stage.note(f"events are shuffled by up to {deed.most} s for {deed.seconds} s")
        self._faults.shuffled_events = deed.most
        await asyncio.sleep(deed.seconds)
        self._faults.shuffled_events = 0.0
        return True

    async def api_fault(self, deed: ApiFault) -> bool:
        """Calls fail."""
        self._faults.add(deed.method, FAULTS[deed.fault], times=deed.times)
        self._aimed[deed.method, deed.fault] += deed.times
        return True

    def met(self) -> Counter[FaultKind]:
        """The faults that calls met, as long as those ahead are not taken back."""
        met: Counter[FaultKind] = Counter()
        for (method, fault), count in self._aimed.items():
            met[fault] += count - self._faults._ahead[method].count(FAULTS[fault])
        return met
