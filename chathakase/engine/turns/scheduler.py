"""Schedules turns: at most one task for each session, which claims a turn, has it run, and does what follows it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from enum import Enum, auto
from uuid import uuid4

from chathakase.core.errors import StoreError, trace
from chathakase.core.jobs import OFFER_AGAIN, Command, Interaction
from chathakase.core.ports import TurnStore
from chathakase.core.types import Lease, Place, Session, SessionId, TurnAction, WorkspaceKey
from chathakase.engine.access.access import Access
from chathakase.engine.model.model_slots import ModelSlots, Rank
from chathakase.engine.turns.active_turns import ActiveTurn, ActiveTurns
from chathakase.engine.turns.background import Background
from chathakase.engine.turns.lull import Lull
from chathakase.engine.turns.outage import Outage
from chathakase.engine.turns.turn_runner import TurnRunner
from chathakase.engine.turns.twins import Twins

log = logging.getLogger(__name__)


class Ended(Enum):
    """What became of a turn that was to be ended before anybody writes on."""

    DONE = auto()
    ANOTHER = auto()
    """Another turn is there now, which goes on."""
    NOT_OURS = auto()
    """Somebody holds it, here or elsewhere, or there is none."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A turn that is to be run here."""

    lease: Lease
    held: AsyncExitStack
    """Lets go of its slot, as soon as the model has written."""


class TurnScheduler:
    """Runs turns, and nobody else does."""

    def __init__(
        self,
        *,
        turns: TurnStore,
        runner: TurnRunner,
        active_turns: ActiveTurns,
        slots: ModelSlots,
        background: Background,
        lull: Lull,
        outage: Outage,
        offer: Callable[[Command], Awaitable[None]],
        access: Access,
        turn_away: Callable[[Command], Awaitable[None]],
        changed: Callable[[SessionId], None],
        workspaces: Collection[WorkspaceKey],
    ) -> None:
        """``offer`` has people offered something, and ``turn_away`` tells somebody that they may not talk to us.

        ``changed`` hears of each session in which a turn has ended.
        ``workspaces`` are the workspaces in which people can be answered.
        """
        self._turns = turns
        self._runner = runner
        self._active_turns = active_turns
        self._slots = slots
        self._background = background
        self._lull = lull
        self._outage = outage
        self._offer = offer
        self._access = access
        self._turn_away = turn_away
        self._changed = changed
        self._workspaces = workspaces
        self._twins = Twins(self.wake)
        self._tasks: dict[SessionId, asyncio.Task[None]] = {}
        self._busy: set[Place] = set()
        """Where the sessions are that have a task."""
        self._again: set[SessionId] = set()
        self._answering: set[SessionId] = set()
        """Those that have had a slot, and whose answer is not saved yet."""
        self._stopping = False

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """One for each session that is worked on."""
        return self._tasks.values()

    def waiting(self, place: Place) -> int:
        """How many sessions wait for their turn before the one at a place."""
        if place in self._busy:
            return 0
        # Whoever is answered waits no more, be it that the surface still takes the answer.
        return max(len(self._tasks) - len(self._answering) - self._slots.free, 0)

    def wake(self, session: Session) -> None:
        """Have whatever waits in a session answered, once its files are there if they are to come."""
        if self._stopping or session in self._twins:
            return
        if session.id in self._tasks:
            self._again.add(session.id)
        else:
            self._start(session)

    def _start(self, session: Session, claimed: Claimed | None = None) -> None:
        work = self._run_turns(session, claimed)
        self._busy.add(session.place)
        self._tasks[session.id] = asyncio.create_task(work, name=f"session {session.place.name}")

    def begin(self, session: Session, *, awaits_files: bool) -> None:
        """Have a question answered that was said just now; if it tells of files, as soon as they are there."""
        if awaits_files and session.id not in self._tasks:
            self._twins.expect(session)
        else:
            self.wake(session)

    def hold_slot(self, held: AsyncExitStack, place: Place) -> bool:
        """Hold a slot for a question that is about to be saved, so that its turn is claimed with it and begins at once.

        False where it has to wait: for a slot, for the turn under way there, or for files.
        """
        may = not self._stopping and place not in self._busy and not self._twins.are_awaited_at(place)
        if not may or not self._slots.hold_free(held):
            return False
        held.enter_context(self._lull.answering())
        return True

    async def begin_claimed(self, lease: Lease, held: AsyncExitStack) -> None:
        """Run a turn that was claimed as its question was saved, in the slot that is held for it."""
        if lease.session in self._tasks:
            # Somebody else has looked for what waits meanwhile; who runs there takes it up.
            await held.aclose()
            with suppress(StoreError):
                await self._turns.release(lease)
            self.wake(lease.of)
        else:
            self._answering.add(lease.session)
            self._start(lease.of, Claimed(lease, held))

    def files_came(self, session: Session) -> bool:
        """A session has the files that it waits for, if it waits for some."""
        waited = session in self._twins
        self._twins.came(session)
        return waited

    def restart(self, session: SessionId) -> bool:
        """Have the answer that is under way in a session written again, if there is one."""
        under_way = self._active_turns.find(session) is not None
        self._active_turns.restart(session)
        return under_way

    def look_again(self, session: Session) -> None:
        """Something may wait in a session now, and the turn under way there may be over."""
        self.wake(session)
        if (active_turn := self._active_turns.find(session.id)) is not None:
            active_turn.recheck.set()

    async def wake_waiting(self) -> None:
        """Work on everything that waits and nobody works on: after a restart, a crash or a lost lease."""
        for session in await self._turns.waiting(self._workspaces):
            if session.id not in self._tasks:
                self.wake(session)

    def answered_at(self, place: Place) -> SessionId | None:
        """The session that is being answered at a place; None when none is here."""
        active_turn = self._active_turns.at(place)
        return active_turn.lease.session if active_turn else None

    def read_upto(self, place: Place) -> int:
        """The newest message at a place whose answer people may read already though it is not saved; 0: none."""
        active_turn = self._active_turns.at(place)
        is_ending = active_turn is not None and active_turn.ending.is_set()
        return active_turn.lease.upto if active_turn and is_ending else 0

    async def may_be_stopped(self, session: SessionId) -> bool:
        """Whether there is an answer to stop in a session: people read one a moment before its end is saved."""
        active_turn = self._active_turns.find(session)
        ending = active_turn is not None and active_turn.ending.is_set()
        return not ending and await self._turns.is_busy(session)

    async def end(self, session: SessionId, turn: str = "", *, before: str = "", asked_before: int = 0) -> Ended:
        """End what nobody runs in a session, without waiting for a slot: that turn, or whatever is there.

        ``before`` a message, or ``asked_before`` a time in epoch microseconds, which with ``before`` is when that was
        said if it is not stored: only what answers something said before that. Raises StoreError.
        """
        lease = await self._turns.claim(session, before=before, to_end=not before, asked_before=asked_before)
        if lease is None:
            return Ended.NOT_OURS
        if turn not in ("", lease.turn):
            await self._turns.release(lease)
            return Ended.ANOTHER
        with self._active_turns.turn(lease) as active_turn:
            active_turn.stop.set()
            await self._runner.run(active_turn)
        return Ended.DONE

    async def take_up_again(self, session: Session, turn: str, run: int) -> bool:
        """Have a turn that ended run once more, and say whether it may be. Raises StoreError."""
        if not self._active_turns.may_restart(turn):
            return False
        self._active_turns.count_restart(turn)
        await self._turns.reopen(session.id, Interaction(session.place, uuid4().hex, "", TurnAction.RETRY, turn, run))
        return True

    def stop_starting(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._twins.close()

    async def _run_turns(self, session: Session, claimed: Claimed | None) -> None:
        try:
            while await self._turn(session, claimed) or session.id in self._again:
                claimed = None
                self._again.discard(session.id)
                if self._stopping:
                    break
        except StoreError as error:
            log.error("Turns in %s could not be run and will be tried again: %s", session.place.name, error)
            self._outage.report(session.place, error)
        except Exception as error:  # noqa: BLE001 - the session waits in the store and is taken up later
            log.error("Turns in %s could not be run and will be tried again: %s", session.place.name, trace(error))
        finally:
            # No await may come between the last look at what waits and this removal: wake() would be missed.
            self._tasks.pop(session.id, None)
            self._busy.discard(session.place)
            self._again.discard(session.id)
            self._answering.discard(session.id)

    async def _turn(self, session: Session, claimed: Claimed | None) -> bool:
        """Run one turn of a session; False when nothing waits there, or nothing else."""
        if (claimed := claimed or await self._claim(session)) is None:
            return False
        async with claimed.held as held:
            active_turn = await self._run(claimed.lease, held)
        self._answering.discard(session.id)
        reopened = await self._follow_up(active_turn)
        return reopened or not active_turn.at_rest.is_set()

    async def _claim(self, session: Session) -> Claimed | None:
        """Claim the turn of a session, with a slot for it; None when nothing waits there."""
        # Not at the price of a slot: whoever is answered would else wait for one to learn that nothing waits.
        if (asker := await self._turns.next_asker(session.id)) is None:
            return None
        if await self._keeps_out(session, asker):
            self._again.add(session.id)
            return None
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._slots.slot(Rank.ANSWER, whose=session.place.user_key(asker)))
            self._answering.add(session.id)
            lease = None if self._stopping else await self._turns.claim(session.id)
            return Claimed(lease, held.pop_all()) if lease else None

    async def _keeps_out(self, session: Session, asker: str) -> bool:
        """Whether whoever waits may not talk to us any more, so that they wait no longer."""
        why = await self._access.why_no_more(session.place, asker)
        if why is None or not await self._turns.decline(session.id, asker):
            return False
        await self._turn_away(Command(session.place, f"{session.id} {asker}", asker, why))
        return True

    async def _run(self, lease: Lease, held: AsyncExitStack) -> ActiveTurn:
        """Run a turn, and let go of what is held for it as soon as the model has written."""
        if lease.alone:
            log.warning("The turn in %s runs alone, because processes died during it", lease.place.name)
            held.enter_context(self._slots.quiet())
        with self._lull.answering(), self._active_turns.turn(lease) as active_turn:
            await self._runner.run(active_turn, written=held.aclose)
        return active_turn

    async def _follow_up(self, active_turn: ActiveTurn) -> bool:
        """Do what follows a turn: titles and summaries, and what was changed too late to restart within that run.

        Returns whether the turn is to be run once more for that.
        """
        lease = active_turn.lease
        reopened = active_turn.changed.is_set() and await self.take_up_again(lease.of, lease.turn, lease.run)
        if reopened:
            active_turn.edits.clear()
        for ref, author in active_turn.edits.items():
            # It is answered as it was before.
            await self._offer(Command(lease.place, f"{ref} {lease.turn}", author, OFFER_AGAIN))
        self._background.after_turn(lease.of)
        self._changed(lease.session)
        return reopened
