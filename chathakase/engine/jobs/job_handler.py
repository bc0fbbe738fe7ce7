"""Does jobs: answers commands, and does what people want by buttons."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from chathakase import log_events
from chathakase.cancellation import to_the_end
from chathakase.clock import monotonic
from chathakase.core.audit import AuditEvent
from chathakase.core.errors import ChatHakaseError, StoreError, trace
from chathakase.core.jobs import DEFERRED, NEW_CHAT, Command, Interaction, Job
from chathakase.core.ports import JobStore, Surface
from chathakase.engine.access.access import Access
from chathakase.engine.commands import (
    ALOUD,
    Answer,
    Asked,
    Audited,
    Commands,
    Said,
    Told,
    answer_to,
    privately,
    without_buttons,
)
from chathakase.engine.turns.heartbeat import Heartbeat
from chathakase.engine.turns.insisting import insist
from chathakase.engine.turns.interactions import Interactions
from chathakase.engine.turns.verdict import GAVE_UP, with_notice

ATTEMPTS = 10
"""How often a job is tried during which the process died; it takes a moment, so that rarely has another cause."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Try:
    """A job that is under way."""

    job: Job
    event: AuditEvent | None = None
    """What it did that goes into the audit log; None until that is known, and if it does not."""


class JobHandler:
    """Does jobs, each of them held until it is done, so that a process that dies leaves it to the next."""

    def __init__(
        self,
        *,
        store: JobStore,
        heartbeat: Heartbeat,
        commands: Commands,
        interactions: Interactions,
        surface: Surface,
        access: Access,
        take_up: Callable[[Command], Awaitable[None]],
        start_chat: Callable[[Job], Awaitable[Told]],
    ) -> None:
        """``take_up`` does the jobs in which something waits to be known who said it, ``start_chat`` starts threads."""
        self._store = store
        self._heartbeat = heartbeat
        self._commands = commands
        self._interactions = interactions
        self._surface = surface
        self._access = access
        self._take_up = take_up
        self._start_chat = start_chat

    async def do(self, job: Job) -> int:
        """Do a job that is ours; what goes wrong is told in the log. Cancelled, it is released undone.

        Returns when something was said about it, in epoch microseconds of the surface's clock; 0: not known.
        """
        where, began, this = job.task.place.name, monotonic(), _Try(job)
        try:
            with self._heartbeat.holding_job(job):
                told_at = await self._perform(this)
                # What was said is not to be said again.
                ended = await insist(lambda: self._store.done(job, this.event), f"The end of a job in {where}")
            if ended:
                log_events.job_done(job, seconds=monotonic() - began)
            return told_at
        except asyncio.CancelledError:
            await to_the_end(self._store.release(job, this.event))
            raise
        except StoreError as error:
            log.warning("A job in %s will be tried again: %s", where, error)
            # Only what a process dies of counts as an attempt. A store that refuses this as well is tried again later.
            with suppress(StoreError):
                await self._store.release(job, this.event)
        return 0

    async def _perform(self, this: _Try) -> int:
        """Do what is to be done, and say what is to be said. Raises StoreError: another time it may go better."""
        job, where = this.job, this.job.task.place.name
        try:
            if isinstance(job.task, Command) and job.task.name in DEFERRED:
                await self._take_up(job.task)
                return 0
            if (admitted := await self._access.admit(job)) is None:
                return 0
            this.job = job = admitted
            if self._takes_long(job.task):
                return await self._answer_at_length(this)
            return await self._tell(job, await self._outcome(this))
        except StoreError:
            raise
        except ChatHakaseError as error:
            log.warning("A job in %s failed: %s", where, error)
        except Exception as error:  # noqa: BLE001 - a failed job must not take anything else with it
            log.error("A job in %s failed: %s", where, trace(error))
        return 0

    def _takes_long(self, task: Command | Interaction) -> bool:
        """Whether people are to see meanwhile that something is on its way, as they can in a thread."""
        return isinstance(task, Command) and not task.where.is_overview and self._commands.takes_long(task)

    async def _answer_at_length(self, this: _Try) -> int:
        """Have people see meanwhile that something is on its way. Raises DeliveryError and StoreError."""
        async with self._surface.reply(this.job.task.where, job=this.job) as reply:
            told = await self._outcome(this)
            if isinstance(told, Said) and not told.private:
                await reply.finish(told.text)
                return reply.posted_at
        return await self._tell(this.job, told)

    async def _outcome(self, this: _Try) -> Told:
        if this.job.attempt > ATTEMPTS:
            return self._give_up(this)
        answer = await self._carry_out(this)
        if isinstance(answer, Audited):
            this.event = answer.event
            return answer.told
        return answer

    async def _carry_out(self, this: _Try) -> Answer:
        job, task = this.job, this.job.task
        if isinstance(task, Interaction):
            return answer_to(task, await self._interactions.carry_out(task, job.session))
        if task.name == NEW_CHAT:
            return await self._start_chat(job)
        try:
            return await self._commands.do(task, job)
        except StoreError:
            raise
        except Exception:
            this.event = self._commands.interrupted(task)
            raise

    def _give_up(self, this: _Try) -> Told:
        task = this.job.task
        log.error("A job in %s is given up after %d attempts", task.place.name, ATTEMPTS)
        if not isinstance(task, Command):
            return privately(with_notice("", GAVE_UP))
        this.event = self._commands.interrupted(task)
        return Said(with_notice("", GAVE_UP), private=task.name not in ALOUD)

    async def _tell(self, job: Job, answer: Told) -> int:
        """Say something in the thread, or to one person alone, or ask them. Raises DeliveryError."""
        task = job.task
        if task.where.is_overview:
            answer = without_buttons(answer)
        if isinstance(answer, Asked):
            about = task.place if task.where != task.place else None
            await self._surface.ask(task.where, task.by, answer.text, answer.choices, about=about)
        elif isinstance(answer, Said) and answer.private:
            told_at = await self._surface.post_ephemeral(task.where, task.by, answer.text, answer.choices)
            if answer.then is not None:
                await answer.then()
            return told_at
        elif isinstance(answer, Said):
            reply = self._surface.reply(task.where, job=job)
            await reply.finish(answer.text)
            return reply.posted_at
        return 0
