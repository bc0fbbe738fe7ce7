"""How many calls of the model may be under way at once, and who gets the next slot."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from enum import IntEnum

from chathakase.core.errors import ChatHakaseError
from chathakase.core.fairness import FairQueue
from chathakase.core.types import UserKey


class Rank(IntEnum):
    """What goes first when a slot is free."""

    ANSWER = 0
    COMMAND = 1
    BACKGROUND = 2
    """Titles and summaries, which give their slot up to whoever waits for one."""


class Yielded(ChatHakaseError):
    """A call in the background was cut short, because somebody waits for its slot."""


class ModelSlots:
    """A bounded number of slots for calls of the model, given by rank and then fairly by person."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue(asyncio.Future.done)
        self._yielding: dict[asyncio.Task[object], bool] = {}
        """The tasks that hold a slot in the background, and whether each was told to give it up."""
        self._quiet = 0
        """How many want nothing to run in the background."""

    @property
    def free(self) -> int:
        """How many slots nobody holds."""
        return self._free

    @asynccontextmanager
    async def slot(self, rank: Rank, *, whose: UserKey | None = None) -> AsyncIterator[None]:
        """Hold a slot until the block ends; ``whose`` is the person for whom the model is called, if anybody's.

        Raises Yielded, out of a block of rank BACKGROUND alone, when the slot is needed.
        """
        await self._take(rank, whose)
        try:
            if rank is Rank.BACKGROUND:
                async with self._until_needed():
                    yield
            else:
                yield
        finally:
            self._give_back()

    def hold_free(self, held: AsyncExitStack) -> bool:
        """Hold a slot for an answer until what is ``held`` is let go; False when none is free."""
        if not self._free:
            return False
        self._free -= 1
        held.callback(self._give_back)
        return True

    def _give_back(self) -> None:
        self._free += 1
        self._serve()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nothing runs in the background until the block ends; what does so now is cut short."""
        self._quiet += 1
        for task, told in self._yielding.items():
            if not told:
                self._have_given_up(task)
        try:
            yield
        finally:
            self._quiet -= 1
            self._serve()

    async def _take(self, rank: Rank, whose: UserKey | None) -> None:
        grant = asyncio.get_running_loop().create_future()
        self._waiting.push(grant, rank=rank, whose=whose)
        self._serve()
        try:
            await grant
        except asyncio.CancelledError:
            if grant.done() and not grant.cancelled():
                self._free += 1
            self._serve()
            raise

    def _serve(self) -> None:
        """Give what slots there are, and have one more given up if somebody waits in vain."""
        while (first := self._waiting.first()) is not None:
            if first[0] == Rank.BACKGROUND and self._quiet:
                return
            if not self._free:
                if first[0] < Rank.BACKGROUND:
                    self._have_one_given_up()
                return
            self._waiting.pop()
            self._free -= 1
            first[1].set_result(None)

    def _have_one_given_up(self) -> None:
        if any(self._yielding.values()):
            # One is on its way already; whoever waits for a second slot asks again when that one is taken.
            return
        newest = next(reversed(self._yielding), None)
        if newest is not None:
            self._have_given_up(newest)

    def _have_given_up(self, task: asyncio.Task[object]) -> None:
        self._yielding[task] = True
        task.cancel()

    @asynccontextmanager
    async def _until_needed(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        assert task
        self._yielding[task] = False
        # Somebody may have come since the slot was given.
        self._serve()
        if self._quiet and not self._yielding[task]:
            self._have_given_up(task)
        try:
            yield
        except asyncio.CancelledError:
            # A cancellation from elsewhere that came as well has to be felt.
            if self._yielding[task] and task.uncancel() == 0:
                raise Yielded from None
            raise
        finally:
            del self._yielding[task]
