"""One turn: read the history, let the model write, show it growing, deliver it, save it."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from time import monotonic

from chathakase.core.errors import DeliveryError, LeaseLost, ModelError, StoreError, trace
from chathakase.core.ports import LanguageModel, Reply, SessionStore, Surface, TurnStore
from chathakase.core.prompt import Persona, build_prompt
from chathakase.core.types import Finished, Lease, Outcome, Prompt, Result, Role
from chathakase.engine.draft import Draft
from chathakase.engine.verdict import GAVE_UP, TROUBLE, Verdict, broken, judge, with_notice

RENEW_EVERY = 2.5
"""Seconds between two renewals of a lease; a third of the time for which it is held."""

ATTEMPTS = 3
"""How often a turn is tried that ended without a word, for instance because the process died."""

CLEARED = "This answer was stopped, because the session was cleared."

log = logging.getLogger(__name__)


class TurnRunner:
    """Runs turns, each under its lease."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        turns: TurnStore,
        model: LanguageModel,
        surface: Surface,
        persona: Persona,
    ) -> None:
        self._sessions = sessions
        self._turns = turns
        self._model = model
        self._surface = surface
        self._persona = persona

    async def run(self, lease: Lease, recheck: asyncio.Event) -> None:
        """Answer what waits in a session; ``recheck`` asks at once whether the lease still holds.

        Cancelled, it puts the turn down for whoever comes next.
        """

        async def posted(refs: Sequence[str]) -> None:
            await self._turns.note_reply(lease, refs)

        reply = self._surface.reply(lease.place, turn=lease.turn, refs=lease.refs, resumed=lease.resumed, posted=posted)
        draft = Draft(reply)
        try:
            await self._answer_under_lease(lease, recheck, reply, draft)
        except asyncio.CancelledError:
            await asyncio.shield(self._turns.release(lease))
            raise

    async def _answer_under_lease(self, lease: Lease, recheck: asyncio.Event, reply: Reply, draft: Draft) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                heartbeat = group.create_task(self._hold(lease, recheck), name=f"lease {lease.owner}")
                await self._answer(lease, reply, draft)
                heartbeat.cancel()
        except* LeaseLost:
            await self._give_up(lease, reply, draft)

    async def _answer(self, lease: Lease, reply: Reply, draft: Draft) -> None:
        began = monotonic()
        verdict = await self._write(lease, draft)
        result = verdict.result
        try:
            await reply.finish(verdict.shown)
        except DeliveryError as error:
            log.warning("The answer in %s could not be delivered: %s", lease.place.session_id, error)
            result = Result(Outcome.UNDELIVERED, "", str(error), result.model, result.usage)
        if not await self._turns.finish(lease, result):
            raise LeaseLost
        log.info(
            "Turn in %s: %s%s in %.1f s, %d characters",
            lease.place.session_id,
            result.outcome,
            f" ({result.error})" if result.error else "",
            monotonic() - began,
            len(result.text),
        )

    async def _write(self, lease: Lease, draft: Draft) -> Verdict:
        if lease.attempt > ATTEMPTS:
            log.error("The turn in %s is given up after %d attempts", lease.place.session_id, ATTEMPTS)
            return broken("", ModelError("gave_up", GAVE_UP))
        try:
            finished = await self._stream(await self._prompt(lease), draft)
            return judge(draft.text, finished)
        except ModelError as error:
            log.warning("The model failed in %s: %s", lease.place.session_id, error.code)
            return broken(draft.text, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a word and the turn an end
            log.error("A turn in %s failed: %s", lease.place.session_id, trace(error))
            return broken(draft.text, ModelError("internal", TROUBLE))

    async def _stream(self, prompt: Prompt, draft: Draft) -> Finished:
        finished = Finished(None)
        async with draft, aclosing(self._model.stream(prompt)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    finished = piece
                else:
                    draft.write(piece)
        return finished

    async def _prompt(self, lease: Lease) -> Prompt:
        session_id = lease.place.session_id
        history = await self._sessions.history(session_id, upto=lease.upto, limit=self._persona.max_messages + 1)
        authors = {message.author for message in history if message.role is Role.USER}
        people = await self._surface.people(authors)
        names = {id_: person.name for id_, person in people.items()}
        return build_prompt(session_id, self._persona, history, names)

    async def _hold(self, lease: Lease, recheck: asyncio.Event) -> None:
        while True:
            try:
                async with asyncio.timeout(RENEW_EVERY):
                    await recheck.wait()
            except TimeoutError:
                pass
            recheck.clear()
            try:
                held = await self._turns.renew(lease)
            except StoreError as error:
                # The lease holds for a while yet, and the next try may find the database free again.
                log.warning("The lease on %s could not be renewed: %s", lease.place.session_id, error)
                continue
            if not held:
                raise LeaseLost

    async def _give_up(self, lease: Lease, reply: Reply, draft: Draft) -> None:
        """End the visible message of a turn that is no longer ours, unless somebody else writes it now."""
        log.info("The turn in %s is no longer ours", lease.place.session_id)
        if reply.begun and await self._turns.is_free(lease.place.session_id):
            try:
                await reply.finish(with_notice(draft.text, CLEARED))
            except DeliveryError as error:
                log.warning("A stopped answer in %s could not be ended: %s", lease.place.session_id, error)
