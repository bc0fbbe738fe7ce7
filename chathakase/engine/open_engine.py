"""Opens the engine between what comes in and what goes out."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from chathakase.core.types import Incoming
from chathakase.engine.intake.catch_up import CatchUp
from chathakase.engine.intake.edits import Edits
from chathakase.engine.jobs.housekeeping import Housekeeping
from chathakase.engine.parts import Parts
from chathakase.engine.sessions import SessionManager
from chathakase.engine.setup import Ports, Setup


@dataclass(frozen=True, slots=True)
class Engine:
    """What the rest of the house speaks to."""

    manager: SessionManager
    changes: Edits
    catch_up: CatchUp
    """To be entered once what is said now is heard."""
    housekeeping: Housekeeping
    submit: Callable[[Incoming], Awaitable[None]]
    """Takes in what somebody says just now. Raises StoreError when it could not be stored."""


async def open_engine(stack: AsyncExitStack, ports: Ports, setup: Setup) -> Engine:
    """Open everything that thinks, and see to what waits. Raises StoreError."""
    parts = Parts(ports, setup)
    await parts.models.learn(ports.stores.turns)
    await stack.enter_async_context(parts.outage)
    await stack.enter_async_context(parts.background)
    manager = SessionManager(parts.reception, parts.requests, parts.scheduler, grace=setup.grace)
    stack.push_async_callback(manager.close)
    await manager.wake_waiting()
    submit = parts.outage.watched(parts.catch_up.submit)
    return Engine(manager, parts.changes, parts.catch_up, parts.housekeeping, submit)
