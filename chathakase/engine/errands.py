"""Does what was promised with an acknowledgement and is no turn: answers commands, heeds buttons."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from chathakase import events
from chathakase.clock import monotonic
from chathakase.core.errands import Command, Errand
from chathakase.core.errors import ChatHakaseError, StoreError, trace
from chathakase.core.leases import RENEW_EVERY
from chathakase.core.ports import ErrandStore, Surface
from chathakase.engine.commands import ALOUD, Answer, Asked, Commands, Said, privately
from chathakase.engine.presses import Presses
from chathakase.engine.verdict import GAVE_UP, with_notice

ATTEMPTS = 10
"""How often an errand is tried during which the process died; it takes a moment, so that rarely has another cause."""

log = logging.getLogger(__name__)


class Errands:
    """Does errands, each of them held until it is done, so that a process that dies leaves it to the next."""

    def __init__(self, *, store: ErrandStore, commands: Commands, presses: Presses, surface: Surface) -> None:
        self._store = store
        self._commands = commands
        self._presses = presses
        self._surface = surface

    async def do(self, errand: Errand) -> int:
        """Do an errand that is ours; what goes wrong is told in the log. Cancelled, it is put down undone.

        Returns when something was said about it, in epoch microseconds of the surface's clock; 0: not known.
        """
        where, began = errand.task.place.name, monotonic()
        try:
            async with self._held(errand):
                told_at = await self._perform(errand)
            if await self._store.done(errand):
                events.job_done(errand, seconds=monotonic() - began)
            return told_at
        except asyncio.CancelledError:
            await asyncio.shield(self._store.release(errand))
            raise
        except StoreError as error:
            log.warning("An errand in %s will be tried again: %s", where, error)
            # Only what a process dies of counts as an attempt. A store that refuses this as well is tried again later.
            with suppress(StoreError):
                await self._store.release(errand)
        return 0

    @asynccontextmanager
    async def _held(self, errand: Errand) -> AsyncIterator[None]:
        holding = asyncio.create_task(self._hold(errand), name=f"hold on {errand.id}")
        try:
            yield
        finally:
            holding.cancel()
            await asyncio.wait((holding,))

    async def _hold(self, errand: Errand) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            try:
                await self._store.hold(errand)
            except StoreError as error:
                log.warning("The hold on an errand could not be renewed: %s", error)

    async def _perform(self, errand: Errand) -> int:
        """Do what is to be done, and say what is to be said. Raises StoreError: another time it may go better."""
        where = errand.task.place.name
        try:
            if isinstance(errand.task, Command) and self._commands.takes_long(errand.task):
                return await self._answer_at_length(errand)
            return await self._tell(errand, await self._outcome(errand))
        except StoreError:
            raise
        except ChatHakaseError as error:
            log.warning("An errand in %s failed: %s", where, error)
        except Exception as error:  # noqa: BLE001 - a failed errand must not take anything else with it
            log.error("An errand in %s failed: %s", where, trace(error))
        return 0

    async def _answer_at_length(self, errand: Errand) -> int:
        """Have people see meanwhile that something is on its way. Raises DeliveryError and StoreError."""
        async with self._surface.reply(errand.task.where, errand=errand) as reply:
            answer = await self._outcome(errand)
            if answer is not None:
                await reply.finish(answer.text)
            return reply.posted_at

    async def _outcome(self, errand: Errand) -> Answer:
        if errand.attempt > ATTEMPTS:
            log.error("An errand in %s is given up after %d attempts", errand.task.place.name, ATTEMPTS)
            aloud = isinstance(errand.task, Command) and errand.task.name in ALOUD
            return Said(with_notice("", GAVE_UP), private=not aloud)
        if isinstance(errand.task, Command):
            return await self._commands.do(errand.task, errand)
        told = await self._presses.heed(errand.task, errand.session)
        return privately(told) if told else None

    async def _tell(self, errand: Errand, answer: Answer) -> int:
        """Say something in the thread, or to one person alone, or ask them. Raises DeliveryError."""
        task = errand.task
        if isinstance(answer, Asked):
            about = task.place if task.where != task.place else None
            await self._surface.ask(task.where, task.by, answer.text, answer.choices, about=about)
        elif isinstance(answer, Said) and answer.private:
            return await self._surface.whisper(task.where, task.by, answer.text)
        elif isinstance(answer, Said):
            reply = self._surface.reply(task.where, errand=errand)
            await reply.finish(answer.text)
            return reply.posted_at
        return 0
