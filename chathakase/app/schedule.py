"""Runs what is to be done every so many seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from chathakase.core.errors import StoreError, trace

FIRST_WITHIN = 60.0
"""Seconds after which each task has had its first run, so that no process is too short-lived for it."""

Periodic = Callable[[], Awaitable[None]]
"""What is done every so many seconds."""

log = logging.getLogger(__name__)


def run_periodically(stack: AsyncExitStack, tasks: Mapping[Periodic, float]) -> None:
    """Run each task every so many seconds, never twice at once, until the stack is closed."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None})
    for task, seconds in tasks.items():
        first = datetime.now(UTC) + timedelta(seconds=min(seconds, FIRST_WITHIN))
        scheduler.add_job(_forgiving, "interval", seconds=seconds, next_run_time=first, args=(task,))
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)


async def _forgiving(task: Periodic) -> None:
    """Run a task whose failure is logged in one line; the next time may go better."""
    try:
        await task()
    except StoreError as error:
        log.warning("The periodic task %s failed: %s", task.__name__, error)
    except Exception as error:  # noqa: BLE001 - the scheduler would tell nobody, or tell it with a stack trace
        log.error("The periodic task %s failed unexpectedly: %s", task.__name__, trace(error))
    except asyncio.CancelledError:
        # At shutdown; the scheduler would tell of it with a stack trace.
        log.debug("The periodic task %s was cut short", task.__name__)
