"""The registry of commands: finds them in what people say, and has them done."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from chathakase.core.audit import LOOKS, AuditEvent, AuditOutcome
from chathakase.core.jobs import Command, Job
from chathakase.core.types import Incoming, Place, Session, SessionId
from chathakase.engine.commands import helping, parsing
from chathakase.engine.commands.accounting import Accounting
from chathakase.engine.commands.administering import Administering
from chathakase.engine.commands.answering import Answering
from chathakase.engine.commands.auditing import Auditing
from chathakase.engine.commands.command_answers import (
    Answer,
    Handler,
    Order,
    reworded,
    without_what_grows,
)
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.describing import Describing
from chathakase.engine.commands.exporting import Exporting
from chathakase.engine.commands.forgetting import Forgetting
from chathakase.engine.commands.limiting import Limiting
from chathakase.engine.commands.muting import Muting
from chathakase.engine.commands.naming import Naming, naming
from chathakase.engine.commands.permissions import Permissions, deed_of
from chathakase.engine.commands.remembering import Remembering
from chathakase.engine.commands.retiring import Retiring
from chathakase.engine.commands.searching import Searching
from chathakase.engine.commands.summarising import Summarising
from chathakase.engine.commands.thread_listing import Listing

GROUPS = (
    Describing,
    Remembering,
    Listing,
    Searching,
    Summarising,
    Exporting,
    Answering,
    Accounting,
    Forgetting,
    Retiring,
    Administering,
    Limiting,
    Muting,
    Auditing,
)


class Commands:
    """Knows every command."""

    def __init__(self, context: CommandContext) -> None:
        self._name = context.terms.agent
        self._naming = Naming(context)
        self._permissions = Permissions(context)
        self._sessions = context.stores.sessions
        self._interactions = context.interactions
        self._handlers: Mapping[str, Handler] = helping.handlers(context.terms.follow_ups)
        for group in GROUPS:
            self._handlers = {**self._handlers, **group(context).handlers()}

    def find(self, incoming: Incoming) -> Command | None:
        """The command that a message is, if it is nothing but that."""
        return find(incoming, name=self._name)

    def takes_long(self, command: Command) -> bool:
        """Whether a model is asked meanwhile; what comes of that is for everybody to read."""
        return command.name in (parsing.SUMMARISE, parsing.COMPACT)

    async def do(self, command: Command, job: Job) -> Answer:
        """Do what a command says; returns what is to be said or asked. Raises StoreError."""
        named, argument = _named(command)
        about, ref, by = Session(job.session if named is None else named, command.place), command.ref, command.by
        order = Order(about, ref, by, argument, job, command.where, command.said)
        if named is not None and await self._is_gone(named, order.place):
            return await self._handlers[parsing.GONE](replace(order, argument=named))
        # Only now, since somebody may have lost a right since they said it.
        if refused := await self._permissions.refusal(command.name, order):
            return refused
        growing = command.name in parsing.GIVING_BACK and await self._interactions.is_writing(job.session)
        answer = await self._do(command.name, order)
        return reworded(answer, without_what_grows) if growing else answer

    def interrupted(self, command: Command) -> AuditEvent | None:
        """What the audit log tells of a command that was begun, and of which nobody knows how far it came."""
        deed = deed_of(command.name)
        return AuditEvent(deed, AuditOutcome.INTERRUPTED) if deed and deed not in LOOKS else None

    async def _is_gone(self, session: SessionId, place: Place) -> bool:
        """Whether a session is not at a place any more: another one may be there."""
        return await self._sessions.find(place) != session

    async def _do(self, command: str, order: Order) -> Answer:
        if not order.elsewhere or (order.where.is_overview and command not in parsing.ABOUT_A_THREAD):
            return await self._handlers[command](order)
        # Before it is done, since by that a thread may lose its title.
        name = await self._naming.name(order)
        return reworded(await self._handlers[command](order), partial(naming, name))


def _named(command: Command) -> tuple[SessionId | None, str]:
    """The session that a command names, if it does, and what its argument is beside that.

    From an overview each names one that is about a thread, so that it never means the next one there.
    """
    if command.where.is_overview and command.name in parsing.ABOUT_A_THREAD:
        session, _, rest = command.argument.partition(" ")
        return SessionId(session), session if command.name in parsing.NAMING_A_SESSION else rest
    names = command.name in parsing.NAMING_A_SESSION and command.argument
    return SessionId(command.argument) if names else None, command.argument


def find(incoming: Incoming, *, name: str = "") -> Command | None:
    """The command that a message is, if it is nothing but that; an empty question gets a hint.

    Only people give commands. ``name`` is what people call the bot.
    """
    if not incoming.asks or incoming.files or incoming.awaits_files or incoming.name:
        return None
    if not incoming.text.strip():
        command, argument = helping.HINT, ""
    elif parsed := parsing.parse(incoming.text, name=name, direct=incoming.direct):
        command, argument = parsed
    else:
        return None
    return Command(incoming.place, incoming.ref, incoming.author, command, argument, said=incoming.said)
