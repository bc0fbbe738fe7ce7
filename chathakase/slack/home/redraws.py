"""Draws views anew as what they show changes: of each only the newest state, one after another and not too often."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import islice
from typing import TypeAlias

from chathakase.cancellation import end_soon
from chathakase.core.errors import DeliveryError, trace

Draw: TypeAlias = Callable[[], Awaitable[object]]
"""Draws a view as it is to be now. Raises DeliveryError."""

AT_ONCE = 4
"""Views that are drawn at once of those for which nobody waits, so that whoever waits has few before them."""
LAST_WITHIN = 1.0
"""Seconds that what is being drawn may still take at the end."""

log = logging.getLogger(__name__)


class Redraws:
    """Owns a task for each view that is being drawn."""

    def __init__(self, *, interval: float = 0.0) -> None:
        """Of each view, so many seconds are between the end of one drawing and the next."""
        self._interval = interval
        self._due: dict[str, Draw] = {}
        self._later: dict[str, Draw] = {}
        """What is to be drawn when there is room, in the order in which it was wanted."""
        self._unhurried: set[str] = set()
        """The views that are being drawn since there was room."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()
        self._told: set[str] = set()
        """The errors that the log has heard of since the last drawing that went well."""

    def want(self, view: str, draw: Draw) -> None:
        """Have a view drawn now, for somebody who waits, instead of whatever is due there already."""
        if self._closing.is_set():
            return
        self._later.pop(view, None)
        self._due[view] = draw
        if view not in self._tasks:
            self._tasks[view] = asyncio.create_task(self._keep_drawing(view), name="home: drawing")

    def want_later(self, view: str, draw: Draw) -> None:
        """Have a view drawn for which nobody waits: when there is room, instead of whatever is due there already."""
        if not self._closing.is_set():
            self._later[view] = draw
            self._draw_later()

    def _draw_later(self) -> None:
        # What is being drawn just now comes after the others, however often it is wanted.
        waiting = (view for view in self._later if view not in self._tasks)
        for view in tuple(islice(waiting, AT_ONCE - len(self._unhurried))):
            self._unhurried.add(view)
            self.want(view, self._later[view])

    async def close(self) -> None:
        """Begin nothing more, and let what is begun end soon."""
        self._closing.set()
        self._due.clear()
        self._later.clear()
        await end_soon(self._tasks.values(), within=LAST_WITHIN)

    async def _keep_drawing(self, view: str) -> None:
        try:
            while (draw := self._due.pop(view, None)) is not None:
                await self._forgiving(draw)
                await self._pause()
        finally:
            del self._tasks[view]
            self._unhurried.discard(view)
            self._draw_later()

    async def _forgiving(self, draw: Draw) -> None:
        try:
            await draw()
            self._told.clear()
        except DeliveryError as error:
            self._tell(error.code, f"A view could not be shown: {error}")
        except Exception as error:  # noqa: BLE001 - what is wrong with one view must not keep others from being drawn
            log.error("A view could not be drawn: %s", trace(error))

    def _tell(self, code: str, words: str) -> None:
        """Tell the log of a failure that is the same for everybody once."""
        if code not in self._told:
            self._told.add(code)
            log.warning(words)

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._interval):
                await self._closing.wait()
