"""Takes on what people want by a word or a button, of one person only so much: it is saved, and done once."""

from collections.abc import Callable, Collection
from dataclasses import replace

from chathakase.core.errands import Command, Errand, Press
from chathakase.core.ports import ErrandStore
from chathakase.core.types import NO_SESSION, Appended, Home, Incoming, Role, Saved, Session, Wish
from chathakase.engine.admission import A_WISH, TOO_MANY_BY_YOU, WHYS, Admission, Cause, Caused
from chathakase.engine.commands import CALLING, STOP
from chathakase.engine.errand_runner import ErrandRunner
from chathakase.engine.errands import Errands
from chathakase.engine.saving import Saving
from chathakase.engine.targets import Targets
from chathakase.engine.work import Work

STALE = 3_000_000
"""Milliseconds after which a command that is said in no session is not done any more: it is known for an hour that it
was done, and by then a surface has long ended delivering it."""


class Requests:
    """Owns the errands that come of commands and presses."""

    def __init__(
        self,
        *,
        store: ErrandStore,
        errands: Errands,
        saving: Saving,
        admission: Admission,
        targets: Targets,
        work: Work,
        homes: Collection[Home],
        now: Callable[[], int],
    ) -> None:
        """``homes`` are the workspaces in which something can be done here; ``now`` tells epoch milliseconds."""
        self.errands = ErrandRunner(errands, done=self._done, again=self.keep)
        self._store = store
        self._saving = saving
        self._admission = admission
        self._targets = targets
        self._work = work
        self._homes = homes
        self._now = now

    async def take_command(self, incoming: Incoming, command: Command) -> Saved:
        """Save a command; one that is being done already for the same person and place is not done twice.

        Raises StoreError, as everything here does.
        """
        if await self._targets.is_outside(incoming):
            return await self._take_outside(incoming, await self._targets.aim(command))
        if self.errands.is_being_told(command):
            # Not after it is saved, since by then all may be told.
            self.errands.repeat(command, incoming.said)
            return await self._saving.save(replace(incoming, asks=False), role=Role.COMMAND)
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            return await self.refuse(incoming, why, role=Role.COMMAND)
        return await self._save(incoming, command)

    async def _take_outside(self, incoming: Incoming, command: Command) -> Saved:
        """Promise a command that is said in no session, and opens none: it is about another one, or about none."""
        if self.errands.is_being_told(command) or self._now() - incoming.said // 1000 > STALE:
            return Saved(Appended.KNOWN)
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            await self._tell(incoming, Command(incoming.place, incoming.ref, incoming.author, why, A_WISH))
            return Saved(Appended.NEW)
        if command.told_in is not None:
            return await self._save(replace(incoming, place=command.place, opens=False), command)
        kept = await self.keep(command)
        self._count(incoming, command, kept)
        return Saved(Appended.NEW if kept else Appended.KNOWN)

    async def _save(self, incoming: Incoming, command: Command) -> Saved:
        """Save a command with its errand, and see to that."""
        saved = await self._save_with(incoming, Role.COMMAND, command)
        self._count(incoming, command, bool(saved))
        return saved

    def _count(self, cause: Cause, command: Command, new: bool) -> None:
        """Count a command for which the model is called no longer, if it was had already."""
        if not new and command.name in CALLING:
            self._admission.take_back(cause)

    async def refuse(self, incoming: Incoming, why: str, *, role: Role = Role.USER) -> Saved:
        """Keep what somebody said, a question as context, and tell them that it is not answered."""
        argument = A_WISH if role is Role.COMMAND else ""
        word = Command(incoming.place, incoming.ref, incoming.author, why, argument)
        unasked = replace(incoming, asks=False)
        if not self._tells(incoming):
            return await self._saving.save(unasked, role=role)
        saved = await self._save_with(unasked, role, word)
        if not saved:
            self._admission.untell(incoming)
        return saved

    async def _save_with(self, incoming: Incoming, role: Role, command: Command) -> Saved:
        errand = Errand(command)
        with self.errands.taking_on(command):
            saved = await self._saving.save(incoming, role=role, errand=errand)
            if saved:
                self.errands.begin(replace(errand, session=saved.session))
        return saved

    async def promise(self, task: Press | Command) -> None:
        """Save something that is to be done once, and see to it; what causes too much is told so instead.

        When this returns, it is stored.
        """
        if isinstance(task, Press):
            await self._promise_press(task)
        elif task.name in WHYS or not (self.errands.is_being_told(task) or await self._is_refused(task)):
            await self.keep(task)

    async def _promise_press(self, press: Press) -> None:
        """A press for which the model is called counts as a question does; to stop an answer does not."""
        if self.errands.is_being_told(press) or await self._is_refused(press):
            return
        if not await self.keep(press) and press.wish is not Wish.STOP:
            self._admission.take_back(Caused(press.by, press.place))

    async def _is_refused(self, task: Press | Command) -> bool:
        """Whether somebody causes too much, of which they are told once in a while; else a press is counted."""
        cause = Caused(task.by, task.place)
        stops = isinstance(task, Press) and task.wish is Wish.STOP
        why = self._too_much(cause, calls=isinstance(task, Press) and not stops, stops=stops)
        if why:
            await self._tell(cause, Command(task.place, task.ref, task.by, why, A_WISH))
        return why is not None

    async def _tell(self, cause: Cause, word: Command) -> None:
        if self._tells(cause):
            await self.keep(word)

    def _tells(self, cause: Cause) -> bool:
        """Whether a person is to be told of a refusal, who then knows of those that came just before."""
        return not self.errands.has_enough(cause, urgent=True) and self._admission.tells(cause)

    def _too_much(self, cause: Cause, *, calls: bool, stops: bool) -> str | None:
        """Why a command or a wish is not taken on, if so; one that ``calls`` the model counts as a question."""
        if self.errands.has_enough(cause, urgent=stops):
            return TOO_MANY_BY_YOU
        waiting = self._work.waiting(cause.place)
        return self._admission.refusal(cause, waiting=waiting) if calls else None

    async def keep(self, task: Press | Command) -> bool:
        """Save something that is to be done once, however much there is, and see to it; False when it was had."""
        with self.errands.taking_on(task):
            promised = await self._store.promise(Errand(task))
            if promised is not None:
                self.errands.begin(promised)
        return promised is not None

    async def take_up(self) -> None:
        """See to what was promised and nobody does, since whoever did it died."""
        for errand in await self._store.claim(self._homes):
            self.errands.begin(errand)

    def _done(self, errand: Errand) -> None:
        """A press may have something waiting now, and a command may have ended the turn."""
        if errand.session != NO_SESSION:
            self._work.look_again(Session(errand.session, errand.task.place))
