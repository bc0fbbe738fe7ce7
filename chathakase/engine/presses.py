"""Heeds what people want of an answer: to stop it, to try it again, to go on with it."""

import asyncio

from chathakase.clock import monotonic
from chathakase.core.errands import Press
from chathakase.core.leases import LEFT_WITHIN
from chathakase.core.ports import TurnStore
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import SessionId, Wish
from chathakase.engine.rights import Rights
from chathakase.engine.running import Running
from chathakase.engine.work import Ended, Work

NOTHING_TO_STOP = "There is nothing to stop: no answer is being written."
ENDED = "That answer has already finished."
NOT_YOURS = "Sorry, only the person who asked or an admin can do that."
ENDING = RetryPolicy(first_wait=0.5, within=LEFT_WITHIN)
"""How it is looked again whether a turn has ended."""
SAVING = RetryPolicy(first_wait=0.1, within=LEFT_WITHIN / 5)
"""The same of a turn whose answer people may have read: it is saved a moment later."""

AFTER_THIS = "I'll do that as soon as the answer that I am writing is finished."
DONE = "That has already been done, or I no longer remember the question."


class Presses:
    """Acts on buttons and on the word ``stop``."""

    def __init__(self, *, turns: TurnStore, work: Work, running: Running, rights: Rights) -> None:
        self._turns = turns
        self._work = work
        self._running = running
        self._rights = rights

    async def heed(self, press: Press, session: SessionId) -> str:
        """Do what somebody wants, if they may; returns a sentence for them, or nothing when they will see it.

        Raises StoreError.
        """
        if press.wish is Wish.STOP:
            return await self._stop(press, session)
        if not await self._may(press, session):
            return NOT_YOURS
        looks = ENDING.begin(monotonic)
        while not await self._turns.reopen(session, press):
            # The button is seen a moment before the end of its turn is saved.
            if not self._is_ending(press, session):
                return DONE
            await asyncio.sleep(looks.next_wait())
        self._running.forgive(press.turn)
        signals = self._running.find(session)
        return AFTER_THIS if signals and signals.lease.turn != press.turn else ""

    async def is_writing(self, session: SessionId) -> bool:
        """Whether an answer is being written in a session, or waits to be; not one that is just about to end.

        Raises StoreError.
        """
        looks = SAVING.begin(monotonic)
        while await self._turns.is_busy(session):
            signals = self._running.find(session)
            if signals is None or not signals.ending.is_set() or looks.are_over:
                return True
            await asyncio.sleep(looks.next_wait())
        return False

    def _is_ending(self, press: Press, session: SessionId) -> bool:
        signals = self._running.find(session)
        return signals is not None and (signals.lease.turn, signals.lease.run) == (press.turn, press.run)

    def begin_anew(self, session: SessionId) -> None:
        """Have an answer that is under way written anew, since something that it may tell of is forgotten."""
        self._running.begin_anew(session, withdrawn=True)

    async def end(self, session: SessionId, *, before: str) -> None:
        """End what is being written, here, by another process or by one that died, so that nothing is left half.

        Once its turn is forgotten nobody would know of it, if the process died then. Only an answer to something that
        was said before a stored message; what was asked later is still answered. Raises StoreError.
        """
        looks = ENDING.begin(monotonic)
        while await self._work.end(session, before=before) is not Ended.DONE:
            if not await self._turns.want_stop(session, before=before) or looks.are_over:
                return
            if (signals := self._running.find(session)) is not None:
                signals.forgotten.set()
                signals.recheck.set()
            await asyncio.sleep(looks.next_wait())

    async def _may(self, press: Press, session: SessionId) -> bool:
        askers = await self._turns.askers(session, press.turn)
        return await self._rights.may_act_on(press.place, press.by, askers)

    async def _stop(self, press: Press, session: SessionId) -> str:
        signals = self._running.find(session)
        if signals is None:
            return await self._dismiss(press, session)
        turn = signals.lease.turn
        if press.turn not in ("", turn):
            return ENDED
        askers = await self._turns.askers(session, turn, upto=signals.lease.upto)
        if not await self._rights.may_act_on(press.place, press.by, askers):
            return NOT_YOURS
        signals.stop.set()
        return ""

    async def _dismiss(self, press: Press, session: SessionId) -> str:
        """End a turn that has not begun here, without waiting for a place to run it."""
        askers = await self._turns.askers(session, "")
        if not askers:
            return ENDED if press.turn else NOTHING_TO_STOP
        if not await self._rights.may_act_on(press.place, press.by, askers):
            return NOT_YOURS
        ended = await self._work.end(session, press.turn)
        if ended is Ended.NOT_OURS:
            return await self._stop_elsewhere(press, session)
        return "" if ended is Ended.DONE else ENDED

    async def _stop_elsewhere(self, press: Press, session: SessionId) -> str:
        """Stop a turn that was taken at the same moment, that another process holds, or that died with its process."""
        signals = self._running.find(session)
        if signals is not None:
            signals.stop.set()
            return ""
        return "" if await self._turns.want_stop(session, press.turn) else ENDED
