"""What is done after a turn, and never delays one: titles and summaries."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from chathakase.cancellation import end_all
from chathakase.clock import monotonic
from chathakase.core.cache import LruCache
from chathakase.core.errors import ModelError, StoreError, trace
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import Session, SessionId
from chathakase.engine.model.model_slots import Yielded
from chathakase.engine.turns.lull import Lull

AT_ONCE = 4
"""How many sessions are worked on at the same time."""

REST = RetryPolicy(first_wait=60.0, factor=2, longest_wait=3_600.0)
"""For how long a chore that failed in a session is not tried again there."""

TRIES = 3
"""How often a chore is begun that gives way to people each time, before it waits for a later turn."""

RESTING = 10_000
"""How many failures are remembered."""

NOT_FOUND_OUT = "Could not check what is due in %s; it is checked again after the next turn: %s"

Chore = Callable[[Session], Awaitable[None]]
"""Does something for a session; may fail without harm, and is tried again after some later turn."""

Due = Callable[[Session], Awaitable[Sequence[Chore]]]
"""Tells what is due in a session after a turn, in its order."""

log = logging.getLogger(__name__)


class Background:
    """Owns one task for each session that it works on; leaving it ends them all."""

    def __init__(self, due: Due | None, lull: Lull) -> None:
        """Nothing is ever done where nobody tells what is ``due``, and all of it waits for a lull."""
        self._due = due
        self._lull = lull
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[SessionId, asyncio.Task[None]] = {}
        self._again: set[SessionId] = set()
        """Where a turn has ended since it was last looked what is due."""
        self._rests: LruCache[tuple[SessionId, Chore], tuple[float, int]] = LruCache(RESTING)
        """What failed in which session: until when it rests, and how often it has failed in a row."""

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await end_all(self._tasks.values())

    def after_turn(self, session: Session) -> None:
        """Do what is due in a session; where something is done already, once more after that."""
        if session.id in self._tasks:
            self._again.add(session.id)
        elif self._due is not None:
            work = self._run(session, self._due)
            self._tasks[session.id] = asyncio.create_task(work, name=f"background {session.place.name}")

    async def _run(self, session: Session, due: Due) -> None:
        try:
            await self._lull.wait()
            async with self._room:
                await self._do_all(session, due)
                while session.id in self._again:
                    await self._do_all(session, due)
        except StoreError as error:
            log.info(NOT_FOUND_OUT, session.place.name, error)
        except Exception as error:  # noqa: BLE001 - what is due is not worth more than a line in the log
            log.error(NOT_FOUND_OUT, session.place.name, trace(error))
        finally:
            del self._tasks[session.id]
            self._again.discard(session.id)

    async def _do_all(self, session: Session, due: Due) -> None:
        self._again.discard(session.id)
        for chore in await due(session):
            await self._try(chore, session)

    async def _try(self, chore: Chore, session: Session) -> None:
        key = (session.id, chore)
        until, failures = self._rests.get(key, (0.0, 0))
        if monotonic() < until:
            return
        try:
            await self._do(chore, session)
            self._rests.pop(key, None)
            return
        except (ModelError, StoreError) as error:
            log.info("The chore %s in %s will be tried again: %s", chore.__name__, session.place.name, error)
        except Exception as error:  # noqa: BLE001 - nothing that is done in the background may end a session's work
            log.error("The chore %s in %s failed: %s", chore.__name__, session.place.name, trace(error))
        # What fails for ever would else be paid for after every turn.
        self._rests[key] = (monotonic() + REST.wait(failures), failures + 1)

    async def _do(self, chore: Chore, session: Session) -> None:
        for _ in range(TRIES):
            try:
                return await chore(session)
            except Yielded:
                log.info("The chore %s in %s gave way to an answer", chore.__name__, session.place.name)
        return None
