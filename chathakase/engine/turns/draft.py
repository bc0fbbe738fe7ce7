"""The growing text of an answer, and the follower that shows it as fast as the surface allows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from chathakase.core.errors import trace
from chathakase.core.ports import Reply

log = logging.getLogger(__name__)


class Draft:
    """What the model has written so far.

    Writing never waits. While the draft is entered, one follower shows the newest whole text on the reply, so a
    slow surface skips texts rather than slow the model down. On leaving, a show that has begun is finished: cut
    short, it could arrive after the final text and replace it.
    """

    def __init__(
        self, reply: Reply, standing: str = "", *, confirmed: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """``standing`` is the text of an earlier run, which is continued; ``confirmed`` is awaited before each show."""
        self.standing = standing
        self._reply = reply
        self._confirmed = confirmed
        self._pieces = [standing]
        self._changed = asyncio.Event()
        self._shown = self._taken_back = False
        if standing:
            self._changed.set()
        self._follower: asyncio.Task[None] | None = None

    @property
    def text(self) -> str:
        """The whole text so far."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def write(self, piece: str) -> None:
        """Add to the text."""
        self._pieces.append(piece)
        self._changed.set()

    def take_back(self) -> None:
        """Drop what was written so far, and have it taken from before people's eyes."""
        self.restart()
        self._taken_back = self._shown
        self._changed.set()

    def restart(self) -> None:
        """Drop what was written so far; people see it until there is something else."""
        self._pieces = [self.standing]

    async def __aenter__(self) -> Self:
        self._follower = asyncio.create_task(self._follow(), name="draft follower")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.wait([self._follower])
            if not self._follower.cancelled() and (failure := self._follower.exception()):
                log.error("The follower of a draft failed: %s", trace(failure))

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            await self._reply.ready()
            if self._confirmed is not None:
                await self._confirmed()
            self._changed.clear()
            taken_back, self._taken_back = self._taken_back, False
            self._shown = self._shown or bool(self.text.strip())
            if (self.text.strip() or taken_back) and not await self._show():
                self._taken_back |= taken_back
                self._changed.set()

    async def _show(self) -> bool:
        show = asyncio.create_task(self._reply.show(self.text), name="draft show")
        try:
            return await asyncio.shield(show)
        except asyncio.CancelledError:
            await asyncio.wait([show])
            raise
