"""Takes in what people say: it is saved as what it is, a command, a question, one too many, or context.

What is said by somebody who may not talk to the bot is context, and where that is not known yet, it waits.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

from chathakase.clock import monotonic
from chathakase.core.access_rule import Decision
from chathakase.core.jobs import OFFER_WITH_FILES, ButtonPhrase, Command
from chathakase.core.ports import SessionStore, TurnStore
from chathakase.core.types import Appended, Incoming, Role, Saved, Session
from chathakase.engine.access.access import WORDS, Access
from chathakase.engine.access.admission import Admission
from chathakase.engine.commands import Commands
from chathakase.engine.intake.attention import Attention
from chathakase.engine.intake.deferred import Deferred, hearing_of
from chathakase.engine.intake.intent import Intent
from chathakase.engine.intake.keyed_locks import KeyedLocks
from chathakase.engine.intake.message_saver import MessageSaver
from chathakase.engine.intake.reorder_buffer import ReorderBuffer
from chathakase.engine.intake.requests import Requests
from chathakase.engine.intake.targets import CommandTargets
from chathakase.engine.turns.hints import STOOD_BACK, Hints
from chathakase.engine.turns.scheduler import TurnScheduler
from chathakase.engine.turns.twins import LATE


class Reception:
    """Hears people, those of one place one after another."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        turns: TurnStore,
        saver: MessageSaver,
        requests: Requests,
        commands: Commands,
        scheduler: TurnScheduler,
        admission: Admission,
        access: Access,
        deferred: Deferred,
        attention: Attention,
        intent: Intent,
        hints: Hints,
        reorder_buffer: ReorderBuffer,
        targets: CommandTargets,
        now: Callable[[], int],
    ) -> None:
        """``now`` tells epoch milliseconds."""
        self._sessions = sessions
        self._turns = turns
        self._saver = saver
        self._requests = requests
        self._commands = commands
        self._scheduler = scheduler
        self._admission = admission
        self._access = access
        self._deferred = deferred
        self._attention = attention
        self._intent = intent
        self._hints = hints
        self._reorder_buffer = reorder_buffer
        self._targets = targets
        self._now = now
        self._locks = KeyedLocks()
        self._learning = KeyedLocks()

    async def submit(self, incoming: Incoming, *, settled: bool = False) -> bool:
        """Save what a person said and have it answered; False when it was had already or is none of ours.

        When this returns, the message is stored. Raises StoreError when it could not be. ``settled``: it has waited
        to be known who said it, and waits no more.
        """
        await self._learn_of(incoming)
        if (saved := await self._saver.saved_by_twin(incoming)) is None:
            # What was said before tells whether people talk among themselves.
            async with self._locks.of(incoming.place):
                saved = await self._let_in(await self._attention.address(incoming), settled=settled)
        await self._follow_up(incoming, saved)
        return bool(saved)

    async def _learn_of(self, incoming: Incoming) -> None:
        """Find out who speaks, in the order in which they do. Raises StoreError."""
        came = monotonic()
        async with self._learning.of(incoming.place):
            await self._access.learn_of(incoming, waited=monotonic() - came)

    async def _follow_up(self, incoming: Incoming, saved: Saved) -> None:
        """Do what follows from how a message was saved."""
        session = Session(saved.session, incoming.place)
        if saved.appended is Appended.NO_SESSION_YET:
            self._reorder_buffer.keep(incoming)
        elif saved.appended is Appended.COMPLETED:
            await self._take_up_completed(incoming, session)
        elif saved.appended is Appended.KNOWN and not incoming.awaits_files:
            # Its twin has come, and brings nothing more.
            self._scheduler.files_came(session)
        elif saved and incoming.opens:
            for early in self._reorder_buffer.take(incoming):
                await self.submit(early)

    async def say(self, phrase: ButtonPhrase) -> None:
        """Take words that somebody says by a button as if they had written them; only commands can be said so.

        When this returns, they are stored. Raises StoreError when they could not be.
        """
        if await self._requests.keeps_out(phrase):
            return
        now = self._now() * 1000
        said = Incoming(phrase.place, phrase.ref, phrase.by, phrase.words, said=now, opens=False, asks=True)
        if command := self._commands.find(said):
            command = replace(command, told_in=phrase.told_in)
            if (await self._requests.take_command(said, command)).appended is Appended.NO_SESSION_YET:
                # The question stood in no session.
                await self._requests.enqueue_anyway(command)

    async def look_for_early_messages(self) -> None:
        """Take in what came here before another process opened its session. Raises StoreError."""
        if places := self._reorder_buffer.places():
            for place in await self._sessions.opened(places):
                for early in self._reorder_buffer.take_all(place):
                    await self.submit(early)

    async def _take_up_completed(self, incoming: Incoming, session: Session) -> None:
        """Have a question answered with its files, which came only with the twin of its mention. Raises StoreError."""
        if self._scheduler.files_came(session) or self._scheduler.restart(session.id):
            return
        if (answered := await self._turns.answer_to(session.id, incoming.ref)) is None:
            return
        if self._now() - incoming.said // 1000 > LATE:
            offer = Command(incoming.place, incoming.ref, incoming.author, OFFER_WITH_FILES)
            await self._requests.enqueue_anyway(offer)
        else:
            await self._scheduler.take_up_again(session, *answered)
            self._scheduler.wake(session)

    async def _let_in(self, incoming: Incoming, *, settled: bool) -> Saved:
        """Save a message as what it is, if its author may talk to us."""
        decision = await self._decision_on(incoming)
        if decision is Decision.ALLOWED:
            return await self._admit(incoming)
        if decision is Decision.UNKNOWN and not settled and not self._requests.jobs.has_enough(incoming, urgent=True):
            return await self._defer(incoming)
        return await self._turn_away(incoming, WORDS[decision])

    async def _decision_on(self, incoming: Incoming) -> Decision:
        decision = self._access.decision_on(incoming)
        if decision is Decision.MUTED and self._commands.find(incoming) is not None:
            return await self._access.decision_on_command(incoming.place, incoming.author)
        return decision

    async def _defer(self, incoming: Incoming) -> Saved:
        """Store a message that waits to be known who said it, unless it is none of ours."""
        if not incoming.opens and await self._sessions.find(incoming.place) is None:
            return Saved(Appended.NO_SESSION_YET)
        if not await self._requests.enqueue_anyway(hearing_of(incoming)):
            return Saved(Appended.KNOWN)
        self._deferred.keep_message(incoming)
        return Saved(Appended.NEW)

    async def _turn_away(self, incoming: Incoming, why: str) -> Saved:
        """Keep what is said by somebody who may not talk to us as context where a session is, and open none."""
        command = self._commands.find(incoming)
        is_meant = command is not None and await self._intent.is_meant(command, incoming)
        role = Role.COMMAND if is_meant else Role.USER
        saved = await self._saver.save(replace(incoming, asks=False, opens=False), role=role)
        # What is known already was taken in while they might, or they were told of it.
        is_new = bool(saved) or (incoming.opens and saved.appended is Appended.NO_SESSION_YET)
        if is_new and not incoming.name and (is_meant if command else await self._asks_us(incoming)):
            await self._requests.turn_away(Command(incoming.place, incoming.ref, incoming.author, why))
        # Files that come later change no answer.
        return Saved(Appended.KNOWN) if saved.appended is Appended.COMPLETED else saved

    async def _asks_us(self, incoming: Incoming) -> bool:
        return incoming.asks and not await self._intent.is_among_people(incoming)

    async def _admit(self, incoming: Incoming) -> Saved:
        """Save a message as what it is."""
        if incoming.opens and not incoming.asks and await self._is_command_outside(incoming):
            return Saved(Appended.KNOWN)
        if command := self._commands.find(incoming):
            if await self._intent.is_meant(command, incoming):
                return await self._requests.take_command(incoming, command)
            return await self._overhear(incoming)
        waiting = self._scheduler.waiting(incoming.place)
        why = self._admission.refusal(incoming, waiting=waiting) if incoming.asks else None
        if why and not await self._intent.is_among_people(incoming):
            return await self._requests.refuse(incoming, why)
        async with AsyncExitStack() as held:
            claim = incoming.asks and not incoming.awaits_files and self._scheduler.hold_slot(held, incoming.place)
            saved = await self._saver.save(incoming, claim=claim)
            if saved.lease is not None:
                await self._scheduler.begin_claimed(saved.lease, held.pop_all())
                return saved
        await self._answer(incoming, saved, counted=incoming.asks and not why)
        return saved

    async def _answer(self, incoming: Incoming, saved: Saved, *, counted: bool) -> None:
        """Have a question answered that is saved; ``counted``: as a question, which it may turn out not to be."""
        if saved.appended is Appended.NEW and incoming.asks:
            self._scheduler.begin(Session(saved.session, incoming.place), awaits_files=incoming.awaits_files)
        elif counted:
            self._admission.take_back(incoming)
        if saved.appended is Appended.REFUSED:
            # It was saved with a job that tells so, which nobody holds yet.
            await self._requests.claim_abandoned()
        if saved.appended is Appended.AMONG_PEOPLE:
            await self._tell_that_we_stand_back(incoming)

    async def _overhear(self, incoming: Incoming) -> Saved:
        """Keep words of a command that are talk among people as context, and tell their author why."""
        saved = await self._saver.save(replace(incoming, asks=False))
        if saved:
            await self._tell_that_we_stand_back(incoming)
        return saved

    async def _tell_that_we_stand_back(self, incoming: Incoming) -> None:
        """Tell somebody, once for ever, why a message that might have been for us is not answered."""
        if await self._hints.is_due(STOOD_BACK, incoming.author, incoming.place, teller=incoming.ref):
            await self._requests.enqueue_anyway(Command(incoming.place, incoming.ref, incoming.author, STOOD_BACK))

    async def _is_command_outside(self, incoming: Incoming) -> bool:
        """Whether a message that is too old to be answered is a command that opens no session."""
        command = self._commands.find(replace(incoming, asks=True))
        return command is not None and await self._targets.is_outside(incoming, command)
