"""The right that each command needs, and what is said to whoever does not have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from chathakase.core.audit import Deed
from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION, FORGET_ONE
from chathakase.core.types import Choice
from chathakase.engine.access.rights import Right
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Asked, Order, Told, privately, refused
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.listings.readable_channels import ReadableChannels


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody must be to give a command."""

    right: Right = Right.READ
    deed: Deed | None = None
    """What the audit log calls it, when it is done or refused; None: nobody needs to know."""
    words: str = "do that"
    """What those who may not are told that only others can do."""


ANYBODY = Permission()


def seen_by_admins(deed: Deed) -> Permission:
    """Only admins may look at something."""
    return Permission(Right.ADMINISTER, deed, "see that")


PERMISSIONS: Mapping[str, Permission] = {
    # What anybody there can read.
    parsing.SESSION_INFO: ANYBODY,
    parsing.SUMMARISE: ANYBODY,
    parsing.COMPACT: ANYBODY,
    parsing.HELP: ANYBODY,
    # It finds, tells and forgets only what is their own.
    parsing.THREADS: ANYBODY,
    parsing.SEARCH: ANYBODY,
    parsing.USAGE: ANYBODY,
    parsing.FORGET: ANYBODY,
    parsing.FORGET_LAST: Permission(deed=Deed.FORGET_LAST),
    parsing.FORGET_HERE: Permission(deed=Deed.FORGET_HERE),
    parsing.FORGET_EVERYTHING: ANYBODY,
    parsing.FORGET_EVERYTHING_NOW: Permission(deed=Deed.FORGET_EVERYTHING),
    # Who may is told by the question or the message that it is about, which is looked up when it is done.
    parsing.STOP: ANYBODY,
    parsing.ANSWER_AGAIN: ANYBODY,
    FORGET_ONE: Permission(deed=Deed.FORGET_ONE),
    parsing.WHAT_DO_YOU_REMEMBER: Permission(Right.TAKE_PART, Deed.SEE_MEMORY, "see that"),
    parsing.RENAME: Permission(Right.TAKE_PART, Deed.RENAME, "rename it"),
    parsing.EXPORT: Permission(Right.TAKE_PART, Deed.EXPORT, "export it"),
    CLEAR_SESSION: Permission(Right.OWN, Deed.CLEAR, "clear it"),
    parsing.ARCHIVE_SESSION: Permission(Right.OWN, Deed.ARCHIVE, "archive it"),
    DELETE_SESSION: Permission(Right.OWN, Deed.DELETE, "delete it"),
    parsing.ALL_SESSIONS: seen_by_admins(Deed.SEE_SESSIONS),
    parsing.ALL_USAGE: seen_by_admins(Deed.SEE_USAGE),
    parsing.DOCTOR: seen_by_admins(Deed.SEE_DIAGNOSIS),
    parsing.AUDIT_LOG: seen_by_admins(Deed.SEE_AUDIT),
    parsing.LIFT_LIMITS: Permission(Right.ADMINISTER, Deed.LIFT),
    parsing.MUTE: Permission(Right.ADMINISTER, Deed.MUTE),
    parsing.UNMUTE: Permission(Right.ADMINISTER, Deed.UNMUTE),
}
"""Of everything that people can say, by a word or a button."""


def deed_of(command: str) -> Deed | None:
    """What the audit log calls what a command does; None if it does not tell of it."""
    return PERMISSIONS.get(command, ANYBODY).deed


ONLY: Mapping[Right, str] = {
    Right.TAKE_PART: "Sorry, only people who wrote in this thread and admins can {}.",
    Right.OWN: "Sorry, only the person who started this conversation and admins can {}.",
    Right.ADMINISTER: "Sorry, only admins can {}.",
}

OUT_OF_SIGHT = "Sorry, I don't see you in that channel right now."

ONLY_YOURS = " Should I forget just your messages here?"


class Permissions:
    """Sees whether somebody may give a command at the moment when it is done."""

    def __init__(self, context: CommandContext) -> None:
        self._rights = context.rights
        self._context_builder = context.context_builder
        self._readable = ReadableChannels(context.stores.search, context.surface)

    async def refusal(self, command: str, order: Order) -> Answer:
        """What is said to whoever may not give a command; None to whoever may. Raises StoreError."""
        # What is not in the table nobody can say: it is a word of ours to one person.
        needed = PERMISSIONS.get(command, ANYBODY)
        if needed.right is Right.READ:
            return None
        if not await self._has(needed.right, order):
            told = await self._told(command, order, ONLY[needed.right].format(needed.words))
        elif await self._is_out_of_sight(order):
            told = privately(OUT_OF_SIGHT)
        else:
            return None
        return refused(needed.deed, told) if needed.deed else told

    async def _told(self, command: str, order: Order, refusal: str) -> Told:
        if order.where.is_overview:
            # There is no button by which they could do something else.
            return privately(refusal)
        if command == CLEAR_SESSION and await self._part(order) is Right.TAKE_PART:
            return Asked(refusal + ONLY_YOURS, (Choice("Forget only my messages", parsing.FORGET_HERE),))
        return privately(refusal)

    async def _is_out_of_sight(self, order: Order) -> bool:
        """Whether somebody presses something about a thread that they can't read any more, as what they see tells."""
        if not order.where.is_overview or await self._rights.is_admin(order.where, order.by):
            return False
        return not await self._readable.is_readable(order.by, order.place)

    async def _part(self, order: Order) -> Right:
        return await self._rights.part(order.session, order.by, where=order.where)

    async def _has(self, right: Right, order: Order) -> bool:
        if await self._rights.have(right, order.session, order.by, where=order.where):
            return True
        if right is Right.ADMINISTER:
            return False
        # Who wrote in the thread before the bot was called took part as well.
        await self._context_builder.bring_in(order.session, whose=order.by)
        return await self._rights.have(right, order.session, order.by, where=order.where)
