"""Heeds what people want of an answer: to stop it, to try it again, to go on with it."""

from chathakase.core.ports import TurnStore
from chathakase.core.types import Press, Wish
from chathakase.engine.rights import Rights
from chathakase.engine.running import Running
from chathakase.engine.turn import TurnRunner

NOTHING_TO_STOP = "There is nothing to stop here: no answer is being written."
ENDED = "That answer has ended already."
NOT_YOURS = "Sorry, only whoever asked, or an admin, may do that."
DONE = "That was done already, or I no longer remember the question."


class Presses:
    """Acts on buttons and on the word ``stop``."""

    def __init__(self, *, turns: TurnStore, runner: TurnRunner, running: Running, rights: Rights) -> None:
        self._turns = turns
        self._runner = runner
        self._running = running
        self._rights = rights

    async def heed(self, press: Press) -> str:
        """Do what somebody wants, if they may; returns a sentence for them, or nothing when they will see it.

        Raises StoreError.
        """
        if press.wish is Wish.STOP:
            return await self._stop(press)
        if not await self._may(press):
            return NOT_YOURS
        return "" if await self._turns.reopen(press) else DONE

    async def _may(self, press: Press) -> bool:
        askers = await self._turns.askers(press.place.session_id, press.turn)
        return await self._rights.may_act_on(press.by, askers)

    async def _stop(self, press: Press) -> str:
        session_id = press.place.session_id
        signals = self._running.find(session_id)
        if signals is None and not await self._turns.askers(session_id, ""):
            return NOTHING_TO_STOP
        if press.turn and (signals is None or signals.turn != press.turn):
            return ENDED
        askers = await self._turns.askers(session_id, signals.turn if signals else "")
        if not await self._rights.may_act_on(press.by, askers):
            return NOT_YOURS
        if signals is not None:
            signals.stop.set()
        else:
            await self._dismiss(session_id)
        return ""

    async def _dismiss(self, session_id: str) -> None:
        """End a turn that has not begun, without waiting for a place to run it."""
        lease = await self._turns.claim(session_id)
        if lease is not None:
            with self._running.turn(session_id, lease.turn) as signals:
                signals.stop.set()
                await self._runner.run(lease, signals)
