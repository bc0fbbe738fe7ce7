"""Does what people want of an answer: stops it, tries it again, goes on with it."""

import asyncio

from chathakase.clock import monotonic
from chathakase.core.errors import LimitExceeded
from chathakase.core.jobs import Interaction
from chathakase.core.leases import LEFT_WITHIN
from chathakase.core.ports import TurnStore
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import SessionId, TurnAction
from chathakase.engine.access.limit_notices import LimitNotices
from chathakase.engine.access.rights import Rights
from chathakase.engine.turns.active_turns import ActiveTurns
from chathakase.engine.turns.scheduler import Ended, TurnScheduler

NOTHING_TO_STOP = "There is nothing to stop: I'm not writing an answer."
ENDED = "That answer has already finished."
NOT_YOURS = "Sorry, only the person who asked or an admin can do that."
ENDING = RetryPolicy(first_wait=0.5, within=LEFT_WITHIN)
"""How it is looked again whether a turn has ended."""
SAVING = RetryPolicy(first_wait=0.1, within=LEFT_WITHIN / 5)
"""The same of a turn whose answer people may have read: it is saved a moment later."""

AFTER_THIS = "I'll do that as soon as I have finished the answer I'm writing."
DONE = "That has already been done, or I no longer remember the question."


class Interactions:
    """Carries out interactions, and the word ``stop``."""

    def __init__(
        self,
        *,
        turns: TurnStore,
        scheduler: TurnScheduler,
        active_turns: ActiveTurns,
        rights: Rights,
        limit_notices: LimitNotices,
    ) -> None:
        self._turns = turns
        self._scheduler = scheduler
        self._active_turns = active_turns
        self._rights = rights
        self._limit_notices = limit_notices

    async def carry_out(self, interaction: Interaction, session: SessionId) -> str:
        """Do what somebody wants, if they may; returns a sentence for them, or nothing when they will see it.

        Raises StoreError.
        """
        if interaction.action is TurnAction.STOP:
            return await self._stop(interaction, session)
        if not await self._may(interaction, session):
            return NOT_YOURS
        try:
            return await self._take_up(interaction, session)
        except LimitExceeded as error:
            return await self._limit_notices.refusal(error.notice, interaction.place, interaction.by)

    async def _take_up(self, interaction: Interaction, session: SessionId) -> str:
        looks = ENDING.begin(monotonic)
        while not await self._turns.reopen(session, interaction):
            # The button is seen a moment before the end of its turn is saved.
            if not self._is_ending(interaction, session):
                return DONE
            await asyncio.sleep(looks.next_wait())
        self._active_turns.reset_restarts(interaction.turn)
        active_turn = self._active_turns.find(session)
        return AFTER_THIS if active_turn and active_turn.lease.turn != interaction.turn else ""

    async def is_writing(self, session: SessionId) -> bool:
        """Whether an answer is being written in a session, or waits to be; not one that is just about to end.

        Raises StoreError.
        """
        looks = SAVING.begin(monotonic)
        while await self._turns.is_busy(session):
            active_turn = self._active_turns.find(session)
            if active_turn is None or not active_turn.ending.is_set() or looks.are_over:
                return True
            await asyncio.sleep(looks.next_wait())
        return False

    def _is_ending(self, interaction: Interaction, session: SessionId) -> bool:
        active_turn = self._active_turns.find(session)
        return active_turn is not None and (active_turn.lease.turn, active_turn.lease.run) == (
            interaction.turn,
            interaction.run,
        )

    def restart(self, session: SessionId) -> None:
        """Have an answer that is under way written again, since something that it may tell of is forgotten."""
        self._active_turns.restart(session, withdrawn=True)

    async def end(self, session: SessionId, *, before: str, said: int = 0) -> None:
        """End what is being written, here, by another process or by one that died, so that nothing is left half.

        Once its turn is forgotten nobody would know of it, if the process died then. Only an answer to something that
        was said before a message, or else before it was ``said``; what was asked later is still answered. Raises
        StoreError.
        """
        looks = ENDING.begin(monotonic)
        while await self._scheduler.end(session, before=before, asked_before=said) is not Ended.DONE:
            if not await self._turns.want_stop(session, before=before, said=said) or looks.are_over:
                return
            if (active_turn := self._active_turns.find(session)) is not None:
                active_turn.forgotten.set()
                active_turn.recheck.set()
            await asyncio.sleep(looks.next_wait())

    async def _may(self, interaction: Interaction, session: SessionId) -> bool:
        askers = await self._turns.askers(session, interaction.turn)
        return await self._rights.may_act_on(interaction.place, interaction.by, askers)

    async def _stop(self, interaction: Interaction, session: SessionId) -> str:
        active_turn = self._active_turns.find(session)
        if active_turn is None:
            return await self._dismiss(interaction, session)
        turn = active_turn.lease.turn
        if interaction.turn not in ("", turn):
            return ENDED
        askers = await self._turns.askers(session, turn, upto=active_turn.lease.upto, before=interaction.said)
        if not askers and interaction.said:
            return NOTHING_TO_STOP
        if not await self._rights.may_act_on(interaction.place, interaction.by, askers):
            return NOT_YOURS
        active_turn.stop.set()
        return ""

    async def _dismiss(self, interaction: Interaction, session: SessionId) -> str:
        """End a turn that has not begun here, without waiting for a slot to run it in."""
        askers = await self._turns.askers(session, "", before=interaction.said)
        if not askers:
            return ENDED if interaction.turn else NOTHING_TO_STOP
        if not await self._rights.may_act_on(interaction.place, interaction.by, askers):
            return NOT_YOURS
        ended = await self._scheduler.end(session, interaction.turn, asked_before=interaction.said)
        if ended is Ended.NOT_OURS:
            return await self._stop_elsewhere(interaction, session)
        return "" if ended is Ended.DONE else ENDED

    async def _stop_elsewhere(self, interaction: Interaction, session: SessionId) -> str:
        """Stop a turn that was taken at the same moment, that another process holds, or that died with its process."""
        active_turn = self._active_turns.find(session)
        if active_turn is not None:
            active_turn.stop.set()
            return ""
        return "" if await self._turns.want_stop(session, interaction.turn) else ENDED
