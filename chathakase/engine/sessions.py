"""The session manager: takes in what people say and sees to it that each session is answered, one turn at a time."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from chathakase.core.errors import ChatHakaseError, trace
from chathakase.core.ports import SessionStore, Surface, TurnStore
from chathakase.core.types import Incoming, Press
from chathakase.engine.commands import Commands
from chathakase.engine.presses import Presses
from chathakase.engine.running import Running
from chathakase.engine.turn import TurnRunner

log = logging.getLogger(__name__)


class SessionManager:
    """Owns the tasks of all sessions: at most one per session for turns, and one per command."""

    def __init__(
        self,
        *,
        sessions: SessionStore,
        turns: TurnStore,
        runner: TurnRunner,
        commands: Commands,
        presses: Presses,
        running: Running,
        surface: Surface,
        concurrency: int,
        grace: float,
    ) -> None:
        """``concurrency`` bounds the turns at once; ``grace`` are the seconds they get to end at shutdown."""
        self._sessions = sessions
        self._turns = turns
        self._runner = runner
        self._commands = commands
        self._presses = presses
        self._running = running
        self._surface = surface
        self._places = asyncio.Semaphore(concurrency)
        self._grace = grace
        self._working: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._saving: dict[tuple[str, str], asyncio.Future[bool]] = {}
        """Messages that are being saved right now, so that a twin waits for the first of them to be safe."""
        self._closing = False

    async def submit(self, incoming: Incoming) -> None:
        """Save what a person said and see to its answer.

        When this returns, the message is stored. Raises StoreError when it could not be.
        """
        session_id = incoming.place.session_id
        twin = self._saving.get((session_id, incoming.ref))
        if twin is not None:
            await asyncio.shield(twin)
            return
        command = self._commands.find(incoming)
        if not await self._save(incoming, command=command is not None):
            return
        if command is not None:
            self._own(self._obey(command, incoming), f"command in {session_id}")
        elif incoming.asks:
            self.wake(session_id)

    def press(self, press: Press) -> None:
        """See to what somebody wants of an answer."""
        if not self._closing:
            self._own(self._heed(press), f"{press.wish} in {press.place.session_id}")

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _save(self, incoming: Incoming, *, command: bool) -> bool:
        key = (incoming.place.session_id, incoming.ref)
        saving = asyncio.ensure_future(self._sessions.append(incoming, command=command))
        self._saving[key] = saving
        try:
            return await saving
        finally:
            del self._saving[key]

    def wake(self, session_id: str) -> None:
        """See to it that whatever waits in a session is answered."""
        if self._closing:
            return
        if session_id in self._working:
            self._again.add(session_id)
        else:
            work = self._work(session_id)
            self._working[session_id] = asyncio.create_task(work, name=f"session {session_id}")

    async def wake_waiting(self) -> None:
        """Wake every session that waits with nobody at work: after a restart, a crash or a lost lease."""
        for session_id in await self._turns.waiting():
            self.wake(session_id)

    async def expire(self) -> None:
        """Expire the sessions that were idle for too long."""
        expired = await self._sessions.expire()
        if expired:
            log.info("%d idle sessions expired", expired)

    async def close(self) -> None:
        """Take on no more work, give turns under way their grace period, then have them put down."""
        self._closing = True
        tasks = [*self._working.values(), *self._answering]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=self._grace)

    async def _work(self, session_id: str) -> None:
        try:
            while await self._turn(session_id) or session_id in self._again:
                self._again.discard(session_id)
                if self._closing:
                    break
        except Exception as error:  # noqa: BLE001 - the session waits in the store and is taken up later
            log.error("The work on %s failed and will be tried again: %s", session_id, trace(error))
        finally:
            # No await may come between the last look at what waits and this removal: wake() would be missed.
            self._working.pop(session_id, None)
            self._again.discard(session_id)

    async def _turn(self, session_id: str) -> bool:
        async with self._places:
            if self._closing:
                return False
            lease = await self._turns.claim(session_id)
            if lease is None:
                return False
            with self._running.turn(lease) as signals:
                await self._runner.run(signals)
            return True

    async def _obey(self, command: str, incoming: Incoming) -> None:
        try:
            await self._commands.answer(command, incoming)
        except ChatHakaseError as error:
            log.warning("A command in %s failed: %s", incoming.place.session_id, error)
        except Exception as error:  # noqa: BLE001 - a failed command must not take anything else with it
            log.error("A command in %s failed: %s", incoming.place.session_id, trace(error))
        signals = self._running.find(incoming.place.session_id)
        if signals is not None:
            signals.recheck.set()

    async def _heed(self, press: Press) -> None:
        session_id = press.place.session_id
        try:
            told = await self._presses.heed(press)
            self.wake(session_id)
            if told:
                await self._surface.whisper(press.place, press.by, told)
        except ChatHakaseError as error:
            log.warning("A wish to %s in %s failed: %s", press.wish, session_id, error)
        except Exception as error:  # noqa: BLE001 - a failed wish must not take anything else with it
            log.error("A wish to %s in %s failed: %s", press.wish, session_id, trace(error))
