"""Takes what people want by a word or a button, of one person only so much: it is saved, and done once."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from chathakase.core.access_rule import Decision
from chathakase.core.errors import StoreError
from chathakase.core.jobs import MAY_NOT, ButtonPhrase, Command, Interaction, Job
from chathakase.core.ports import JobStore
from chathakase.core.types import (
    NO_SESSION,
    Appended,
    Incoming,
    Role,
    Saved,
    Session,
    SessionId,
    TurnAction,
    UserKey,
    WorkspaceKey,
)
from chathakase.engine.access.access import Access
from chathakase.engine.access.admission import AN_ACTION, TOO_MANY_BY_YOU, WHYS, Admission, Cause, Caused
from chathakase.engine.commands import CALLING, STOP
from chathakase.engine.intake.message_saver import MessageSaver
from chathakase.engine.intake.targets import CommandTargets
from chathakase.engine.jobs.job_handler import JobHandler
from chathakase.engine.jobs.job_runner import JobRunner
from chathakase.engine.turns.scheduler import TurnScheduler

STALE = 3_000_000
"""Milliseconds after which a command that is said in no session is not done any more: it is known for an hour that it
was done, and by then a surface has long ended delivering it."""


class Requests:
    """Owns the jobs that come of commands and interactions."""

    def __init__(
        self,
        *,
        store: JobStore,
        handler: JobHandler,
        saver: MessageSaver,
        admission: Admission,
        access: Access,
        targets: CommandTargets,
        scheduler: TurnScheduler,
        changed: Callable[[SessionId, UserKey], None],
        workspaces: Collection[WorkspaceKey],
        now: Callable[[], int],
    ) -> None:
        """``changed`` hears of each session in which somebody has had something done.

        ``workspaces`` are the workspaces in which something can be done here; ``now`` tells epoch milliseconds."""
        self.jobs = JobRunner(handler, done=self._done, again=self.enqueue_anyway)
        self._store = store
        self._saver = saver
        self._admission = admission
        self._access = access
        self._targets = targets
        self._scheduler = scheduler
        self._changed = changed
        self._workspaces = workspaces
        self._now = now

    async def take_command(self, incoming: Incoming, command: Command) -> Saved:
        """Save a command; one that is being done already for the same person and place is not done twice.

        Raises StoreError, as everything here does.
        """
        if await self._targets.is_outside(incoming, command):
            return await self._take_outside(incoming, await self._targets.aim(command))
        if self.jobs.is_being_told(command):
            # Not after it is saved, since by then all may be told.
            self.jobs.repeat(command, incoming.said)
            return await self._saver.save(replace(incoming, asks=False), role=Role.COMMAND)
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            return await self.refuse(incoming, why, role=Role.COMMAND)
        return await self._save(incoming, command)

    async def _take_outside(self, incoming: Incoming, command: Command) -> Saved:
        """Enqueue a command that is said in no session, and opens none: it is about another one, or about none."""
        if self.jobs.is_being_told(command) or self._now() - incoming.said // 1000 > STALE:
            return Saved(Appended.KNOWN)
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            await self._tell(incoming, Command(incoming.place, incoming.ref, incoming.author, why, AN_ACTION))
            return Saved(Appended.NEW)
        if command.told_in is not None:
            return await self._save(replace(incoming, place=command.place, opens=False), command)
        new = await self.enqueue_anyway(command)
        self._count(incoming, command, new)
        return Saved(Appended.NEW if new else Appended.KNOWN)

    async def _save(self, incoming: Incoming, command: Command) -> Saved:
        """Save a command with its job, and run that."""
        saved = await self._save_with(incoming, Role.COMMAND, command)
        self._count(incoming, command, bool(saved))
        return saved

    def _count(self, cause: Cause, command: Command, new: bool) -> None:
        """Count a command for which the model is called no longer, if it was had already."""
        if not new and command.name in CALLING:
            self._admission.take_back(cause)

    async def refuse(self, incoming: Incoming, why: str, *, role: Role = Role.USER) -> Saved:
        """Keep what somebody said, a question as context, and tell them that it is not answered."""
        argument = AN_ACTION if role is Role.COMMAND else ""
        word = Command(incoming.place, incoming.ref, incoming.author, why, argument)
        unasked = replace(incoming, asks=False)
        with self._telling(incoming) as tells:
            if not tells:
                return await self._saver.save(unasked, role=role)
            saved = await self._save_with(unasked, role, word)
        if not saved:
            self._admission.untell(incoming)
        return saved

    async def turn_away(self, word: Command) -> None:
        """Tell somebody that they may not talk to us, once an hour."""
        with self._access.telling(Caused(word.by, word.place)) as tells:
            if tells:
                await self.enqueue_anyway(word)

    async def keeps_out(self, task: Interaction | Command | ButtonPhrase) -> bool:
        """Whether somebody is known not to be allowed what they want by a button, of which they are told once an hour.

        Of those of whom that is not known yet it is asked where it is done.
        """
        cause = Caused(task.by, task.told_in or task.place if isinstance(task, ButtonPhrase) else task.where)
        if self._access.decision(cause.place, cause.author) is not Decision.REFUSED:
            return False
        await self.turn_away(Command(cause.place, task.ref, task.by, MAY_NOT))
        return True

    async def _save_with(self, incoming: Incoming, role: Role, command: Command) -> Saved:
        job = Job(command)
        with self.jobs.counted(command):
            saved = await self._saver.save(incoming, role=role, job=job)
            if saved:
                await self._begin(replace(job, session=saved.session))
        return saved

    async def enqueue(self, task: Interaction | Command) -> None:
        """Save something that is to be done once, and do it; whoever causes too much is told so instead.

        When this returns, it is stored. Raises StoreError when it could not be.
        """
        if await self.keeps_out(task):
            return
        if isinstance(task, Command) and task.where.is_overview and not task.said:
            # What is asked later is none of its business.
            task = replace(task, said=self._now() * 1000)
        if isinstance(task, Interaction):
            await self._enqueue_interaction(task)
        elif task.name in WHYS or not (self.jobs.is_being_told(task) or await self._is_refused(task)):
            await self.enqueue_anyway(task)

    async def _enqueue_interaction(self, interaction: Interaction) -> None:
        """An interaction for which the model is called counts as a question does; to stop an answer does not."""
        if self.jobs.is_being_told(interaction) or await self._is_refused(interaction):
            return
        if not await self.enqueue_anyway(interaction) and interaction.action is not TurnAction.STOP:
            self._admission.take_back(Caused(interaction.by, interaction.place))

    async def _is_refused(self, task: Interaction | Command) -> bool:
        """Whether somebody causes too much, of which they are told once in a while; else an interaction is counted."""
        cause = Caused(task.by, task.where)
        stops = isinstance(task, Interaction) and task.action is TurnAction.STOP
        why = self._too_much(cause, calls=isinstance(task, Interaction) and not stops, stops=stops)
        if why:
            await self._tell(cause, Command(task.where, task.ref, task.by, why, AN_ACTION))
        return why is not None

    async def _tell(self, cause: Cause, word: Command) -> None:
        with self._telling(cause) as tells:
            if tells:
                await self.enqueue_anyway(word)

    @contextmanager
    def _telling(self, cause: Cause) -> Iterator[bool]:
        """Whether a person is to be told of a refusal in the block, who then knows of those that came just before."""
        if self.jobs.has_enough(cause, urgent=True):
            yield False
        else:
            with self._admission.telling(cause) as tells:
                yield tells

    def _too_much(self, cause: Cause, *, calls: bool, stops: bool) -> str | None:
        """Why a command or an interaction is refused, if so; one that ``calls`` the model counts as a question."""
        if self.jobs.has_enough(cause, urgent=stops):
            return TOO_MANY_BY_YOU
        waiting = self._scheduler.waiting(cause.place)
        return self._admission.refusal(cause, waiting=waiting) if calls else None

    async def enqueue_anyway(self, task: Interaction | Command) -> bool:
        """Save something that is to be done once, whatever the limits, and do it; False when it was had already."""
        with self.jobs.counted(task):
            enqueued = await self._store.enqueue(Job(task))
            if enqueued is not None:
                await self._begin(enqueued)
        return enqueued is not None

    async def claim_abandoned(self) -> None:
        """Run the jobs that nobody holds, since whoever held them died."""
        for job in await self._store.claim(self._workspaces):
            await self._begin(job)

    async def _begin(self, job: Job) -> None:
        """Run a job that is held; what is not begun is released, for whoever comes next or runs it here already."""
        if not self.jobs.begin(job):
            with suppress(StoreError):
                await self._store.release(job)

    def _done(self, job: Job) -> None:
        """An interaction may have something waiting now, and a command may have ended the turn."""
        if job.session != NO_SESSION:
            self._changed(job.session, job.task.where.user_key(job.task.by))
            self._scheduler.look_again(Session(job.session, job.task.place))
