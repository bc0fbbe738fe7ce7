"""One turn: read the history, let the model write, show it growing, deliver it, save it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from chathakase import log_events
from chathakase.cancellation import to_the_end
from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError, LeaseLost, ModelError, NothingAsked, StoreError, trace
from chathakase.core.ports import Reply, SessionStore, Surface, TurnStore
from chathakase.core.types import Finished, Lease, Outcome, Renewal, Result, TakenBack, TurnEnd
from chathakase.engine.context.context_builder import ContextBuilder
from chathakase.engine.turns.active_turns import ActiveTurn, ActiveTurns
from chathakase.engine.turns.asking import Asking
from chathakase.engine.turns.draft import Draft
from chathakase.engine.turns.heartbeat import Heartbeat, HeldLease
from chathakase.engine.turns.hints import Hints
from chathakase.engine.turns.insisting import insist
from chathakase.engine.turns.verdict import (
    GAVE_UP,
    INTERNAL,
    TAKEN_BACK,
    UNDELIVERED,
    Verdict,
    broken,
    judge,
    offer_after,
    paused,
    stopped,
    taken_back,
    unsettled,
    with_notice,
)

RESTART_AFTER = 1.0
"""Seconds for which an answer waits before it is restarted, once for each time that it was: people correct themselves
more than once, and that is one change."""

PAUSE_WITHIN = 1.5
"""Seconds in which an answer that is paused can say so."""

HOW_TO_GO_ON = "Each message here starts a new conversation. To continue this one, reply in its thread."

log = logging.getLogger(__name__)
T = TypeVar("T")
Written = Callable[[], Awaitable[None]]
"""Hears that the model has written all that it will."""


class TurnRunner:
    """Runs turns, each under its lease."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        turns: TurnStore,
        context_builder: ContextBuilder,
        asking: Asking,
        surface: Surface,
        active_turns: ActiveTurns,
        heartbeat: Heartbeat,
        hints: Hints,
    ) -> None:
        self._sessions = sessions
        self._turns = turns
        self._context_builder = context_builder
        self._asking = asking
        self._surface = surface
        self._active_turns = active_turns
        self._heartbeat = heartbeat
        self._hints = hints

    async def run(self, active_turn: ActiveTurn, *, written: Written | None = None) -> None:
        """Answer what waits in a session; what is left in ``active_turn.edits`` then is answered as it was before.

        ``written`` is called once the model has written, since the surface may take its time to show it. Cancelled, it
        puts the turn down for whoever comes next; so it does where it raises StoreError.
        """
        with self._heartbeat.holding(active_turn) as held:
            unheard = await self._run(active_turn, held, written)
        await self._tell(active_turn.lease, unheard)

    async def _run(self, active_turn: ActiveTurn, held: HeldLease, written: Written | None) -> Collection[str]:
        """Answer what waits; returns who must hear elsewhere that there is no answer in the thread."""
        lease = active_turn.lease
        log_events.turn_began(lease)
        try:
            reply, draft = await self._begin(lease, held)
        except (asyncio.CancelledError, DeliveryError, StoreError):
            _note_end(active_turn, log_events.INTERRUPTED)
            await to_the_end(self._turns.release(lease))
            raise
        async with reply:
            try:
                return await self._answer_under_lease(active_turn, held, reply, draft, written)
            except asyncio.CancelledError:
                if not active_turn.saved.is_set():
                    # Before the reply takes back what it shows, for which the surface may take its time.
                    await asyncio.shield(self._pause(active_turn, reply, draft))
                raise

    async def _pause(self, active_turn: ActiveTurn, reply: Reply, draft: Draft) -> None:
        """Leave a turn to whoever comes next; what people see of it says so, if the surface takes that soon."""
        lease, ended = active_turn.lease, log_events.PAUSED
        try:
            async with asyncio.timeout(PAUSE_WITHIN):
                # Somebody else may be writing to the same message since it was last looked.
                (renewal,) = await self._turns.renew([lease])
                if renewal is Renewal.LOST:
                    ended = log_events.LOST
                elif await reply.settled():
                    await reply.finish(paused(draft.text), outcome=Outcome.STOPPED)
        except (TimeoutError, DeliveryError, StoreError) as error:
            log.info("The pause of an answer in %s could not be shown: %s", lease.place.name, trace(error))
        # Not earlier: whoever has it next writes to the same message.
        await self._turns.release(lease)
        _note_end(active_turn, ended)

    async def _begin(self, lease: Lease, held: HeldLease) -> tuple[Reply, Draft]:
        async def posted(refs: Sequence[str]) -> None:
            await self._turns.note_reply(lease, refs)

        async def members() -> frozenset[str]:
            return await self._sessions.people(lease.place)

        standing = await self._context_builder.standing(lease)
        reply = self._surface.reply(lease.place, lease=lease, standing=standing, posted=posted, members=members)
        return reply, Draft(reply, standing, confirmed=held.until_confirmed)

    async def _answer_under_lease(
        self, active_turn: ActiveTurn, held: HeldLease, reply: Reply, draft: Draft, written: Written | None
    ) -> Collection[str]:
        """Answer; returns who must hear elsewhere that there is no answer in the thread. Raises StoreError."""
        unheard: Collection[str] = ()
        failures: Sequence[BaseException] = ()
        try:
            async with asyncio.TaskGroup() as group:
                losing = group.create_task(held.until_lost(), name=f"lease {active_turn.lease.owner}")
                unheard = await self._answer(active_turn, held, reply, draft, written)
                losing.cancel()
        except* LeaseLost:
            # A renewal that is under way while the end is saved finds the turn gone as well.
            if not active_turn.saved.is_set():
                await self._give_up(active_turn, reply, draft)
        except* StoreError as errors:
            failures = errors.exceptions
            _note_end(active_turn, log_events.INTERRUPTED)
            await self._turns.release(active_turn.lease)
        for failure in failures:
            raise failure
        return unheard

    async def _answer(
        self, active_turn: ActiveTurn, held: HeldLease, reply: Reply, draft: Draft, written: Written | None
    ) -> Collection[str]:
        lease = active_turn.lease
        verdict = await self._write(active_turn, draft)
        active_turn.ending.set()
        if written is not None:
            await written()
        result = verdict.result
        await held.until_confirmed()
        try:
            offer = offer_after(result, lease.action)
            footnotes = (*verdict.footnotes, *await self._told_once(lease, result))
            await reply.finish(verdict.shown, outcome=result.outcome, offer=offer, footnotes=footnotes)
        except DeliveryError as error:
            log.warning("The answer in %s could not be delivered: %s", lease.place.name, error)
            result = replace(result, outcome=Outcome.UNDELIVERED, text=draft.standing, error=str(error))
        unheard = await self._to_be_told(lease, result)
        await self._save(active_turn, result)
        return unheard

    async def _told_once(self, lease: Lease, result: Result) -> tuple[str, ...]:
        """What whoever asks is told below their first answer in a direct message, and never again."""
        if not result.text or not self._surface.is_direct(lease.place):
            return ()
        try:
            due = await self._hints.is_due_in_a_direct_message(lease.by, lease.place, teller=lease.turn)
        except StoreError as error:
            log.warning("The hint on how to go on was not shown in %s: %s", lease.place.name, error)
            return ()
        return (HOW_TO_GO_ON,) if due else ()

    async def _save(self, active_turn: ActiveTurn, result: Result) -> None:
        """Save how a turn ended, however long the database refuses: people have read it. Raises LeaseLost."""
        what = f"The result of a turn in {active_turn.lease.place.name}"
        # Cut short, it would be said to go on, though nobody knows whether it has ended.
        await insist(lambda: self._try_to_save(active_turn, result), what)

    async def _try_to_save(self, active_turn: ActiveTurn, result: Result) -> None:
        ended = await self._turns.finish(active_turn.lease, result)
        if ended is TurnEnd.LOST:
            raise LeaseLost
        active_turn.saved.set()
        if ended is TurnEnd.AT_REST:
            active_turn.at_rest.set()
        _note_end(active_turn, result.outcome, error=result.error, characters=len(result.text))

    async def _to_be_told(self, lease: Lease, result: Result) -> frozenset[str]:
        """Who must hear elsewhere that there is no answer in the thread."""
        if result.outcome is not Outcome.UNDELIVERED:
            return frozenset()
        return await self._turns.askers(lease.session, lease.turn, upto=lease.upto)

    async def _tell(self, lease: Lease, unheard: Collection[str]) -> None:
        surface, place = self._surface, lease.place
        told = UNDELIVERED.format(place=surface.describe(place), surface=surface.traits(place).name)
        for user in unheard:
            try:
                await surface.tell(place, user, told)
            except DeliveryError as error:
                log.warning("Nobody could be told that an answer in %s was lost: %s", lease.place.name, error)

    async def _write(self, active_turn: ActiveTurn, draft: Draft) -> Verdict:
        lease = active_turn.lease
        if lease.blamed:
            log.error(
                "The turn in %s is given up: processes died during it (%d tries)",
                lease.place.name,
                lease.attempt,
            )
            return broken(draft.text, ModelError("gave_up", GAVE_UP))
        try:
            finished = await self._stream(active_turn, draft)
        except ModelError as error:
            log.warning("The model failed in %s: %s", lease.place.name, error.code)
            return broken(draft.text, error)
        except NothingAsked:
            # Had nothing else been asked meanwhile, the turn would be gone with its question.
            return taken_back()
        except _Unsettled:
            return unsettled()
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a word and the turn an end
            log.error("A turn in %s failed: %s", lease.place.name, trace(error))
            return broken(draft.text, ModelError("internal", INTERNAL))
        if finished is None:
            return taken_back(draft.text) if active_turn.forgotten.is_set() else stopped(draft.text)
        return judge(draft.text, finished)

    async def _stream(self, active_turn: ActiveTurn, draft: Draft) -> Finished | None:
        """Let the model write, again when its question is changed; None when somebody stopped it.

        Raises _Unsettled when something is forgotten once more than it may be restarted.
        """
        turn = active_turn.lease.turn
        while True:
            active_turn.begin()
            draft.restart()
            may = self._active_turns.may_restart(turn)
            cut = active_turn.changed if may else active_turn.withdrawn
            finished = await _unless((active_turn.stop, cut), self._stream_once(active_turn.lease, draft))
            if active_turn.stop.is_set() or not cut.is_set():
                return finished
            if not may:
                raise _Unsettled
            log.info("The answer in %s starts over: its question was changed", active_turn.lease.place.name)
            await _unless((active_turn.stop,), asyncio.sleep(RESTART_AFTER * self._active_turns.restarts(turn)))
            self._active_turns.count_restart(turn)

    async def _stream_once(self, lease: Lease, draft: Draft) -> Finished:
        finished = Finished(None)
        async with draft, aclosing(self._asking.stream(lease)) as pieces:
            async for piece in pieces:
                match piece:
                    case Finished():
                        finished = piece
                    case TakenBack():
                        draft.take_back()
                    case str():
                        draft.write(piece)
        return finished

    async def _give_up(self, active_turn: ActiveTurn, reply: Reply, draft: Draft) -> None:
        """End the visible message of a turn that is no longer ours, unless somebody else writes or has written it."""
        lease = active_turn.lease
        _note_end(active_turn, log_events.LOST)
        active_turn.edits.clear()
        await self._turns.survived(lease)
        if await reply.settled() and await self._turns.was_cleared(lease):
            try:
                await reply.finish(with_notice(draft.text, TAKEN_BACK), outcome=Outcome.STOPPED)
            except DeliveryError as error:
                log.warning("A stopped answer in %s could not be ended: %s", lease.place.name, error)


def _note_end(
    active_turn: ActiveTurn, outcome: Outcome | str, *, error: str = "", characters: int | None = None
) -> None:
    seconds = monotonic() - active_turn.began
    log_events.turn_ended(active_turn.lease, outcome, seconds=seconds, error=error, characters=characters)


class _Unsettled(Exception):
    """What a turn tells of is forgotten too often."""


async def _unless(events: Collection[asyncio.Event], work: Coroutine[Any, Any, T]) -> T | None:
    """Await some work, or cut it short as soon as one of the events comes; then there is nothing to return."""
    if any(event.is_set() for event in events):
        work.close()
        return None
    working, waiting = asyncio.ensure_future(work), [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait((working, *waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
        if not working.cancelled():
            working.exception()  # Where we are cancelled ourselves, nobody asks for it any more.
    return None if working.cancelled() else working.result()
