"""Opens the engine between what comes in and what goes out."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from chathakase.core.types import Incoming
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.intake.catch_up import CatchUp
from chathakase.engine.intake.edits import Edits
from chathakase.engine.intake.reception import Reception
from chathakase.engine.intake.requests import Requests
from chathakase.engine.jobs.housekeeping import Housekeeping
from chathakase.engine.overviews.overview_reader import OverviewReader
from chathakase.engine.overviews.watchers import Watchers
from chathakase.engine.parts import Parts
from chathakase.engine.sessions import SessionManager
from chathakase.engine.setup import Ports, Setup
from chathakase.engine.turns.outage import Outage


@dataclass(frozen=True, slots=True)
class Engine:
    """What surfaces and schedules speak to."""

    manager: SessionManager
    reception: Reception
    requests: Requests
    edits: Edits
    catch_up: CatchUp
    """To be entered once what is said now is heard."""
    overviews: OverviewReader
    watchers: Watchers
    outage: Outage
    housekeeping: Housekeeping
    muted_channels: MutedChannels

    async def submit(self, incoming: Incoming) -> None:
        """Take in what somebody says just now. If it opens a thread late, that is looked into as well.

        When this returns, the message is stored. Raises StoreError when it could not be.
        """
        late = self.catch_up.is_late(incoming)
        with self.outage.watching(incoming):
            new = await self.reception.submit(incoming)
        if new and late:
            self.catch_up.look_below(incoming)


async def open_engine(stack: AsyncExitStack, ports: Ports, setup: Setup) -> Engine:
    """Open everything that thinks, and begin with what waits. Raises StoreError."""
    parts = Parts(ports, setup)
    await parts.models.learn(ports.stores.turns)
    await parts.muted_channels.refresh()
    await stack.enter_async_context(parts.outage)
    await stack.enter_async_context(parts.heartbeat)
    await stack.enter_async_context(parts.background)
    await stack.enter_async_context(parts.watchers)
    manager = SessionManager(parts.reception, parts.requests, parts.scheduler, grace=setup.grace)
    stack.push_async_callback(manager.close)
    await manager.wake_waiting()
    return Engine(
        manager=manager,
        reception=parts.reception,
        requests=parts.requests,
        edits=parts.edits,
        catch_up=parts.catch_up,
        overviews=parts.overviews,
        watchers=parts.watchers,
        outage=parts.outage,
        housekeeping=parts.housekeeping,
        muted_channels=parts.muted_channels,
    )
