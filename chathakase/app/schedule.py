"""Runs what is to be done every so many seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from chathakase.core.errors import StoreError, trace

FIRST_WITHIN = 60.0
"""Seconds after which each job has had its first run, so that no process is too short-lived for it."""

Job = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


def run_jobs(stack: AsyncExitStack, jobs: Mapping[Job, float]) -> None:
    """Run each job every so many seconds, never twice at once, until the stack is closed."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None})
    for job, seconds in jobs.items():
        first = datetime.now(UTC) + timedelta(seconds=min(seconds, FIRST_WITHIN))
        scheduler.add_job(_forgiving, "interval", seconds=seconds, next_run_time=first, args=(job,))
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)


async def _forgiving(job: Job) -> None:
    """Run a job whose failure is told in one line; the next time may go better."""
    try:
        await job()
    except StoreError as error:
        log.warning("%s: %s", job.__name__, error)
    except Exception as error:  # noqa: BLE001 - the scheduler would tell nobody, or tell it with a stack trace
        log.error("%s failed unexpectedly: %s", job.__name__, trace(error))
    except asyncio.CancelledError:
        # At shutdown; the scheduler would tell of it with a stack trace.
        log.debug("%s was cut short", job.__name__)
