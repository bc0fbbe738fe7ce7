"""What goes on after something was acknowledged: it belongs to us, since Bolt waits for none of it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from chathakase.cancellation import end_soon
from chathakase.core.errors import DeliveryError, trace

LAST_WITHIN = 1.0
"""Seconds that what is under way may still take at the end."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class BackgroundTasks:
    """Owns the tasks of what is under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T | None]:
        """Begin something, whose failure is told in the log; its result is None then, and at the end."""
        task = asyncio.create_task(self._forgiving(work), name="home: background task")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Let what is under way end soon."""
        await end_soon(self._tasks, within=LAST_WITHIN)

    async def _forgiving(self, work: Coroutine[Any, Any, T]) -> T | None:
        try:
            return await work
        except DeliveryError as error:
            log.warning("Somebody could not be told what they pressed came to: %s", error)
        except Exception as error:  # noqa: BLE001 - nobody waits for it who could be told
            log.error("What somebody pressed could not be handled: %s", trace(error))
        return None
