"""Says whether the words of a command are meant as one, or are talk among people."""

from chathakase.core.jobs import Command
from chathakase.core.ports import SessionStore, TurnStore
from chathakase.core.types import Incoming, SaidTo, SessionId
from chathakase.engine.commands import STOP, is_one_word
from chathakase.engine.turns.scheduler import TurnScheduler


class Intent:
    """Tells commands from talk, by what stands before them."""

    def __init__(self, *, sessions: SessionStore, turns: TurnStore, scheduler: TurnScheduler, name: str) -> None:
        """``name`` is what people call the bot."""
        self._sessions = sessions
        self._turns = turns
        self._scheduler = scheduler
        self._name = name

    async def is_meant(self, command: Command, incoming: Incoming) -> bool:
        """Whether a command is said to us. Raises StoreError.

        Between people only a stop is, while there is something to stop. A single word behind what somebody else said is
        said to them, unless its author waits for an answer of ours.
        """
        if _calls_somebody(incoming):
            return True
        if await self._sessions.is_among_people(incoming):
            return command.name == STOP and await self._may_stop(incoming)
        return not await self._is_said_to_somebody(incoming) or await self._waits_for_an_answer(incoming)

    async def is_among_people(self, incoming: Incoming) -> bool:
        """Whether a message that would ask is said where people talk among themselves, and so to none of us."""
        return not _calls_somebody(incoming) and await self._sessions.is_among_people(incoming)

    async def _is_said_to_somebody(self, incoming: Incoming) -> bool:
        if not is_one_word(incoming.text, name=self._name):
            return False
        return await self._sessions.is_behind_somebody(incoming, answered=self._scheduler.read_upto(incoming.place))

    async def _may_stop(self, incoming: Incoming) -> bool:
        session = await self._session_of(incoming)
        return session is not None and await self._scheduler.may_be_stopped(session)

    async def _waits_for_an_answer(self, incoming: Incoming) -> bool:
        session = await self._session_of(incoming)
        return session is not None and incoming.author in await self._turns.askers(session, "")

    async def _session_of(self, incoming: Incoming) -> SessionId | None:
        return self._scheduler.answered_at(incoming.place) or await self._sessions.find(incoming.place)


def _calls_somebody(incoming: Incoming) -> bool:
    return incoming.opens or incoming.said_to is not SaidTo.ANYBODY
