"""The work on sessions: at most one task each, which claims a turn, has it run, and sees to what follows it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from enum import Enum, auto
from uuid import uuid4

from chathakase.core.errands import Command, Press
from chathakase.core.errors import StoreError, trace
from chathakase.core.ports import TurnStore
from chathakase.core.types import Lease, Place, Wish
from chathakase.engine.background import Background
from chathakase.engine.changes import OFFER_AGAIN
from chathakase.engine.outage import Outage
from chathakase.engine.places import Places, Rank
from chathakase.engine.running import Running, Signals
from chathakase.engine.turn import TurnRunner
from chathakase.engine.twins import Twins

log = logging.getLogger(__name__)


class Ended(Enum):
    """What became of a turn that was to be ended before anybody writes on."""

    DONE = auto()
    ANOTHER = auto()
    """Another turn is there now, which goes on."""
    NOT_OURS = auto()
    """Somebody holds it, here or elsewhere, or there is none."""


class Work:
    """Runs turns, and nobody else does."""

    def __init__(
        self,
        *,
        turns: TurnStore,
        runner: TurnRunner,
        running: Running,
        places: Places,
        background: Background,
        outage: Outage,
        offer: Callable[[Command], Awaitable[None]],
    ) -> None:
        """``offer`` has people offered something."""
        self._turns = turns
        self._runner = runner
        self._running = running
        self._places = places
        self._background = background
        self._outage = outage
        self._offer = offer
        self._twins = Twins(self.wake)
        self._working: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._answering: set[str] = set()
        """Those of them that have had a place, and whose answer is not saved yet."""
        self._retired = False

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """One for each session that is seen to."""
        return self._working.values()

    def waiting(self, session_id: str) -> int:
        """How many sessions wait for their turn before this one."""
        if session_id in self._working:
            return 0
        # Whoever is answered waits no more, be it that the surface still takes the answer.
        return max(len(self._working) - len(self._answering) - self._places.free, 0)

    def wake(self, session_id: str) -> None:
        """See to it that whatever waits in a session is answered, once its files are there if they are to come."""
        if self._retired or session_id in self._twins:
            return
        if session_id in self._working:
            self._again.add(session_id)
        else:
            work = self._work(session_id)
            self._working[session_id] = asyncio.create_task(work, name=f"session {session_id}")

    def begin(self, session_id: str, *, awaits_files: bool) -> None:
        """See to a question that was said just now; if it tells of files, as soon as they are there."""
        if awaits_files and session_id not in self._working:
            self._twins.expect(session_id)
        else:
            self.wake(session_id)

    def files_came(self, session_id: str) -> bool:
        """A session has the files that it waits for, if it waits for some."""
        waited = session_id in self._twins
        self._twins.came(session_id)
        return waited

    def begin_anew(self, session_id: str) -> bool:
        """Have the answer that is under way in a session written anew, if there is one."""
        under_way = self._running.find(session_id) is not None
        self._running.begin_anew(session_id)
        return under_way

    def look_again(self, session_id: str) -> None:
        """Something may wait in a session now, and the turn under way there may be over."""
        self.wake(session_id)
        if (signals := self._running.find(session_id)) is not None:
            signals.recheck.set()

    async def wake_waiting(self) -> None:
        """See to everything that waits with nobody at work: after a restart, a crash or a lost lease."""
        for session_id in await self._turns.waiting():
            if session_id not in self._working:
                self.wake(session_id)

    async def may_be_stopped(self, session_id: str) -> bool:
        """Whether there is an answer to stop in a session: people read one a moment before its end is saved."""
        signals = self._running.find(session_id)
        ending = signals is not None and signals.ending.is_set()
        return not ending and await self._turns.is_busy(session_id)

    async def end(self, session_id: str, turn: str = "", *, before: str = "") -> Ended:
        """End what nobody runs in a session, without waiting for a place: that turn, or whatever is there.

        ``before`` a stored message: only what answers something said before that. Raises StoreError.
        """
        lease = await self._turns.claim(session_id, before=before, to_end=not before)
        if lease is None:
            return Ended.NOT_OURS
        if turn not in ("", lease.turn):
            await self._turns.release(lease)
            return Ended.ANOTHER
        with self._running.turn(lease) as signals:
            signals.stop.set()
            await self._runner.run(signals)
        return Ended.DONE

    async def take_up_again(self, place: Place, turn: str, run: int) -> bool:
        """Have a turn that ended run once more, and say whether it may be. Raises StoreError."""
        if not self._running.may_begin_anew(turn):
            return False
        self._running.count_anew(turn)
        await self._turns.reopen(Press(place, uuid4().hex, "", Wish.RETRY, turn, run))
        return True

    def retire(self) -> None:
        """Begin nothing more."""
        self._retired = True
        self._twins.close()

    async def _work(self, session_id: str) -> None:
        try:
            while await self._turn(session_id) or session_id in self._again:
                self._again.discard(session_id)
                if self._retired:
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
        """Run one turn of a session; False when nothing waits there."""
        # Not at the price of a place: whoever is answered would else wait for one to learn that nothing waits.
        if (asker := await self._turns.next_asker(session_id)) is None:
            return False
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._places.place(Rank.ANSWER, whose=asker))
            self._answering.add(session_id)
            if self._retired or (lease := await self._turns.claim(session_id)) is None:
                return False
            signals = await self._run(lease, held)
        self._answering.discard(session_id)
        await self._follow_up(signals)
        return True

    async def _run(self, lease: Lease, held: AsyncExitStack) -> Signals:
        """Run a turn, and let go of what is held for it as soon as the model has written."""
        if lease.alone:
            log.warning("The turn in %s runs alone, because processes died during it", lease.place.name)
            held.enter_context(self._places.quiet())
        with self._running.turn(lease) as signals:
            await self._runner.run(signals, written=held.aclose)
        return signals

    async def _follow_up(self, signals: Signals) -> None:
        """See to what was changed too late to begin anew within that run, and to titles and summaries."""
        lease = signals.lease
        if signals.changed.is_set() and await self.take_up_again(lease.place, lease.turn, lease.run):
            signals.edits.clear()
        for ref, author in signals.edits.items():
            # It is answered as it was before.
            await self._offer(Command(lease.place, f"{ref} {lease.turn}", author, OFFER_AGAIN))
        self._background.after_turn(lease.place)
