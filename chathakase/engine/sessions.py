"""The session manager: takes in what people say and sees to it that each session is answered, one turn at a time."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from time import monotonic
from uuid import uuid4

from chathakase.core.errands import Command, Errand, Press, Words
from chathakase.core.errors import StoreError, trace
from chathakase.core.ports import ErrandStore, SessionStore, TurnStore
from chathakase.core.types import Appended, Incoming, Place, Role, SaidTo, Wish
from chathakase.engine.admission import A_WISH, TOO_MANY_BY_YOU, WHYS, Admission, Cause, Caused
from chathakase.engine.attention import Attention
from chathakase.engine.background import Background
from chathakase.engine.changes import OFFER_AGAIN, OFFER_WITH_FILES
from chathakase.engine.commands import CALLING, STOP, Commands
from chathakase.engine.errand_runner import ErrandRunner
from chathakase.engine.errands import Errands
from chathakase.engine.hints import STOOD_BACK, Hints
from chathakase.engine.in_order import InOrder
from chathakase.engine.outage import Outage
from chathakase.engine.places import Places, Rank
from chathakase.engine.running import Running, Signals
from chathakase.engine.strays import Strays
from chathakase.engine.targets import Targets
from chathakase.engine.turn import TurnRunner
from chathakase.engine.twins import LATE, Twins

PUT_DOWN_WITHIN = 2.5
"""Seconds in which turns that are cut short can say so and let go."""

STALE = 3_000_000
"""Milliseconds after which a command that is said in no session is not done any more: it is known for an hour that it
was done, and by then a surface has long ended delivering it."""

log = logging.getLogger(__name__)


class SessionManager:
    """Owns the tasks of all sessions, at most one per session, and has errands done."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        turns: TurnStore,
        promises: ErrandStore,
        runner: TurnRunner,
        commands: Commands,
        errands: Errands,
        running: Running,
        admission: Admission,
        attention: Attention,
        hints: Hints,
        strays: Strays,
        targets: Targets,
        background: Background,
        outage: Outage,
        places: Places,
        grace: float,
        now: Callable[[], int],
    ) -> None:
        """``grace`` are the seconds that turns get to end at shutdown."""
        self._sessions = sessions
        self._turns = turns
        self._promises = promises
        self._runner = runner
        self._commands = commands
        self._errands = ErrandRunner(errands, done=self._errand_done, again=self._keep_promise)
        self._running = running
        self._admission = admission
        self._attention = attention
        self._in_order = InOrder()
        self._hints = hints
        self._strays = strays
        self._targets = targets
        self._background = background
        self._outage = outage
        self._places = places
        self._grace = grace
        self._now = now
        self._twins = Twins(self.wake)
        self._working: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._answering: set[str] = set()
        """Those of them that have had a place, and whose answer is not saved yet."""
        self._saving: dict[tuple[str, str], asyncio.Future[Appended]] = {}
        """Messages that are being saved right now, so that a twin waits for the first of them to be safe."""
        self._ends: float | None = None
        """When the turns under way must have ended, once no more work is taken on."""

    async def submit(self, incoming: Incoming) -> bool:
        """Save what a person said and see to its answer; False when it was had already or is none of ours.

        When this returns, the message is stored. Raises StoreError when it could not be.
        """
        appended = await self._take_in(incoming)
        if appended is Appended.STRAY:
            self._strays.keep(incoming)
        elif appended is Appended.COMPLETED:
            await self._take_up_completed(incoming)
        elif appended is Appended.KNOWN and not incoming.awaits_files:
            # Its twin has come, and brings nothing more.
            self._twins.came(incoming.place.name)
        elif appended and incoming.opens:
            for stray in self._strays.take(incoming):
                await self.submit(stray)
        return bool(appended)

    async def _take_up_completed(self, incoming: Incoming) -> None:
        """Have a question answered with its files, which came only with the twin of its mention. Raises StoreError."""
        session_id = incoming.place.name
        if session_id in self._twins:
            self._twins.came(session_id)
        elif self._running.find(session_id) is not None:
            self._running.begin_anew(session_id)
        elif (answered := await self._turns.answer_to(session_id, incoming.ref)) is not None:
            if self._now() - incoming.said // 1000 > LATE:
                await self._keep_promise(Command(incoming.place, incoming.ref, incoming.author, OFFER_WITH_FILES))
                return
            await self._take_up_again(incoming.place, *answered)
            self.wake(session_id)

    async def _take_in(self, incoming: Incoming) -> Appended:
        session_id = incoming.place.name
        twin = self._saving.get((session_id, incoming.ref))
        # A twin that was none of ours may have lacked what opens the session, and one that was the files.
        if twin is not None and (await asyncio.shield(twin)) is Appended.NEW and not incoming.files:
            return Appended.KNOWN
        # What was said before tells whether people talk among themselves.
        async with self._in_order.of(session_id):
            return await self._admit(await self._attention.heed(incoming))

    async def _admit(self, incoming: Incoming) -> Appended:
        """Save a message as what it is: a command, a question, one too many, or context."""
        if incoming.direct and not incoming.asks and await self._is_command_outside(incoming):
            return Appended.KNOWN
        if (command := self._commands.find(incoming)) and await self._is_meant(command, incoming):
            return await self._take_command(incoming, command)
        waiting = self._waiting(incoming.place.name)
        why = self._admission.refusal(incoming, waiting=waiting) if incoming.asks else None
        if why and not await self._is_among_people(incoming):
            return await self._refuse(incoming, why)
        appended = await self._save(incoming)
        if appended is Appended.NEW and incoming.asks:
            self._begin(incoming)
        elif incoming.asks and not why:
            self._admission.take_back(incoming)
        if appended is Appended.AMONG_PEOPLE:
            await self._tell_that_we_stand_back(incoming)
        return appended

    def _begin(self, incoming: Incoming) -> None:
        """Have a question answered, as soon as its files are there if it tells of some."""
        session_id = incoming.place.name
        if incoming.awaits_files and session_id not in self._working:
            self._twins.expect(session_id)
        else:
            self.wake(session_id)

    async def _tell_that_we_stand_back(self, incoming: Incoming) -> None:
        """Tell somebody, once for ever, why a message that might have been for us is not answered."""
        if await self._hints.is_due(STOOD_BACK, incoming.author, teller=incoming.ref):
            await self._keep_promise(Command(incoming.place, incoming.ref, incoming.author, STOOD_BACK))

    async def _is_meant(self, command: Command, incoming: Incoming) -> bool:
        """Whether a command is said to us: between people only a stop is, while there is something to stop."""
        if not await self._is_among_people(incoming):
            return True
        if command.name != STOP:
            return False
        signals = self._running.find(incoming.place.name)
        # People read an answer a moment before its end is saved.
        ending = signals is not None and signals.ending.is_set()
        return not ending and await self._turns.is_busy(incoming.place.name)

    async def _is_command_outside(self, incoming: Incoming) -> bool:
        """Whether a message that is too old to be answered is a command that opens no session."""
        is_command = self._commands.find(replace(incoming, asks=True)) is not None
        return is_command and await self._targets.is_outside(incoming)

    async def _is_among_people(self, incoming: Incoming) -> bool:
        """Whether a message that would ask is said where people talk among themselves, and so to none of us."""
        said_to_somebody = incoming.opens or incoming.said_to is not SaidTo.ANYBODY
        return not said_to_somebody and await self._sessions.is_among_people(incoming)

    async def _take_command(self, incoming: Incoming, command: Command) -> Appended:
        """Save a command; one that is being done already for the same person and place is not done twice."""
        if await self._targets.is_outside(incoming):
            return await self._take_command_outside(incoming, await self._targets.aim(command))
        if self._errands.is_being_told(command):
            # Not after it is saved, since by then all may be told.
            self._errands.repeat(command, incoming.said)
            return await self._save(replace(incoming, asks=False), role=Role.COMMAND)
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            return await self._refuse(incoming, why, role=Role.COMMAND)
        with self._errands.taking_on(command):
            saved = await self._save(incoming, role=Role.COMMAND, errand=Errand(command))
        if not saved and command.name in CALLING:
            self._admission.take_back(incoming)
        return saved

    async def _take_command_outside(self, incoming: Incoming, command: Command) -> Appended:
        """Promise a command that is said in no session, and opens none: it is about another one, or about none."""
        if self._errands.is_being_told(command) or self._now() - incoming.said // 1000 > STALE:
            return Appended.KNOWN
        if why := self._too_much(incoming, calls=command.name in CALLING, stops=command.name == STOP):
            if self._tells(incoming):
                await self._keep_promise(Command(incoming.place, incoming.ref, incoming.author, why, A_WISH))
            return Appended.NEW
        if command.told_in is None:
            saved = Appended.NEW if await self._keep_promise(command) else Appended.KNOWN
        else:
            there = replace(incoming, place=command.place, opens=False)
            with self._errands.taking_on(command):
                saved = await self._save(there, role=Role.COMMAND, errand=Errand(command))
        if not saved and command.name in CALLING:
            self._admission.take_back(incoming)
        return saved

    def _too_much(self, cause: Cause, *, calls: bool, stops: bool) -> str | None:
        """Why a command or a wish is not taken on, if so; one that ``calls`` the model counts as a question."""
        if self._errands.has_enough(cause.author, urgent=stops):
            return TOO_MANY_BY_YOU
        return self._admission.refusal(cause, waiting=self._waiting(cause.place.name)) if calls else None

    async def promise(self, task: Press | Command) -> None:
        """Save something that is to be done once, and see to it; what causes too much is told so instead.

        When this returns, it is stored. Raises StoreError when it could not be.
        """
        if isinstance(task, Press):
            await self._promise_press(task)
        elif task.name in WHYS or not (self._errands.is_being_told(task) or await self._is_refused(task)):
            await self._keep_promise(task)

    async def _promise_press(self, press: Press) -> None:
        """A press for which the model is called counts as a question does; to stop an answer does not."""
        if self._errands.is_being_told(press) or await self._is_refused(press):
            return
        if not await self._keep_promise(press) and press.wish is not Wish.STOP:
            self._admission.take_back(Caused(press.by, press.place))

    async def _is_refused(self, task: Press | Command) -> bool:
        """Whether somebody causes too much, of which they are told once in a while; else a press is counted."""
        cause = Caused(task.by, task.place)
        stops = isinstance(task, Press) and task.wish is Wish.STOP
        why = self._too_much(cause, calls=isinstance(task, Press) and not stops, stops=stops)
        if why and self._tells(cause):
            await self._keep_promise(Command(task.place, task.ref, task.by, why, A_WISH))
        return why is not None

    def _tells(self, cause: Cause) -> bool:
        """Whether a person is to be told of a refusal, who then knows of those that came just before."""
        return not self._errands.has_enough(cause.author, urgent=True) and self._admission.tells(cause)

    async def _keep_promise(self, task: Press | Command) -> bool:
        errand = Errand(task)
        with self._errands.taking_on(task):
            promised = await self._promises.promise(errand)
            if promised:
                self._errands.begin(errand)
        return promised

    async def say(self, words: Words) -> None:
        """Take words that somebody says by a button as if they had written them; only commands can be said so.

        When this returns, they are stored. Raises StoreError when they could not be.
        """
        now = self._now() * 1000
        said = Incoming(words.place, words.ref, words.by, words.words, said=now, opens=False, asks=True)
        if command := self._commands.find(said):
            command = replace(command, told_in=words.told_in)
            if await self._take_command(said, command) is Appended.STRAY:
                # The question stood in no session.
                await self._keep_promise(command)

    def _waiting(self, session_id: str) -> int:
        """How many sessions wait for their turn before this one."""
        if session_id in self._working:
            return 0
        # Whoever is answered waits no more, be it that the surface still takes the answer.
        return max(len(self._working) - len(self._answering) - self._places.free, 0)

    async def _refuse(self, incoming: Incoming, why: str, *, role: Role = Role.USER) -> Appended:
        """Keep what somebody said, a question as context, and tell them that it is not answered."""
        argument = A_WISH if role is Role.COMMAND else ""
        word = Command(incoming.place, incoming.ref, incoming.author, why, argument)
        unasked = replace(incoming, asks=False)
        if not self._tells(incoming):
            return await self._save(unasked, role=role)
        with self._errands.taking_on(word):
            saved = await self._save(unasked, role=role, errand=Errand(word))
        if not saved:
            self._admission.untell(incoming)
        return saved

    async def _save(self, incoming: Incoming, *, role: Role = Role.USER, errand: Errand | None = None) -> Appended:
        key = (incoming.place.name, incoming.ref)
        saving = asyncio.ensure_future(self._sessions.append(incoming, role=role, errand=errand))
        self._saving[key] = saving
        try:
            saved = await saving
        finally:
            if self._saving.get(key) is saving:
                del self._saving[key]
        if saved and errand is not None:
            self._errands.begin(errand)
        return saved

    def wake(self, session_id: str) -> None:
        """See to it that whatever waits in a session is answered, once its files are there if they are to come."""
        if self._ends is not None or session_id in self._twins:
            return
        if session_id in self._working:
            self._again.add(session_id)
        else:
            work = self._work(session_id)
            self._working[session_id] = asyncio.create_task(work, name=f"session {session_id}")

    async def wake_waiting(self) -> None:
        """See to everything that waits with nobody at work: after a restart, a crash or a lost lease."""
        await self._look_for_strays()
        for session_id in await self._turns.waiting():
            if session_id not in self._working:
                self.wake(session_id)
        for errand in await self._promises.claim():
            self._errands.begin(errand)

    async def _look_for_strays(self) -> None:
        """See to what came here before another process opened its session."""
        if places := self._strays.places():
            for session_id in await self._sessions.opened(places):
                for stray in self._strays.take_all(session_id):
                    await self.submit(stray)

    def retire(self) -> None:
        """Take on no more work; the turns under way have their grace period from now on."""
        if self._ends is None:
            self._ends = monotonic() + self._grace
            self._twins.close()
            self._errands.retire()

    async def close(self) -> None:
        """Wait for the turns under way until their grace period ends, then have them put down."""
        self.retire()
        tasks = [*self._working.values(), *self._errands.tasks]
        if tasks and self._ends is not None:
            _, late = await asyncio.wait(tasks, timeout=max(self._ends - monotonic(), 0))
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=PUT_DOWN_WITHIN)

    async def _work(self, session_id: str) -> None:
        try:
            while await self._turn(session_id) or session_id in self._again:
                self._again.discard(session_id)
                if self._ends is not None:
                    break
        except StoreError as error:
            log.error("The work on %s failed and will be tried again: %s", session_id, error)
            self._outage.strikes(session_id, error)
        except Exception as error:  # noqa: BLE001 - the session waits in the store and is taken up later
            log.error("The work on %s failed and will be tried again: %s", session_id, trace(error))
        finally:
            # No await may come between the last look at what waits and this removal: wake() would be missed.
            self._working.pop(session_id, None)
            self._again.discard(session_id)
            self._answering.discard(session_id)

    async def _turn(self, session_id: str) -> bool:
        # Not at the price of a place: whoever is answered would else wait for one to learn that nothing waits.
        if (asker := await self._turns.next_asker(session_id)) is None:
            return False
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._places.place(Rank.ANSWER, whose=asker))
            self._answering.add(session_id)
            if self._ends is not None:
                return False
            lease = await self._turns.claim(session_id)
            if lease is None:
                return False
            if lease.alone:
                log.warning("The turn in %s runs alone, because processes died during it", session_id)
                held.enter_context(self._places.quiet())
            with self._running.turn(lease) as signals:
                await self._runner.run(signals, written=held.aclose)
        self._answering.discard(session_id)
        # Its question may have been changed too late to begin anew within that run.
        if signals.changed.is_set() and await self._take_up_again(lease.place, lease.turn, lease.run):
            signals.edits.clear()
        await self._offer_again(signals)
        self._background.after_turn(lease.place)
        return True

    async def _take_up_again(self, place: Place, turn: str, run: int) -> bool:
        """Have a turn that ended run once more, and say whether it may be. Raises StoreError."""
        if not self._running.may_begin_anew(turn):
            return False
        self._running.count_anew(turn)
        await self._turns.reopen(Press(place, uuid4().hex, "", Wish.RETRY, turn, run))
        return True

    async def _offer_again(self, signals: Signals) -> None:
        """Offer another answer to whoever changed a question that is answered as it was before. Raises StoreError."""
        for ref, author in signals.edits.items():
            await self.promise(Command(signals.lease.place, f"{ref} {signals.lease.turn}", author, OFFER_AGAIN))

    def _errand_done(self, errand: Errand) -> None:
        """A press may have something waiting now, and a command may have ended the turn."""
        session_id = errand.task.place.name
        self.wake(session_id)
        if (signals := self._running.find(session_id)) is not None:
            signals.recheck.set()
