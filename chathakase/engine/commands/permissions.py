"""The right that each command needs, and what is said to whoever does not have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from chathakase.core.jobs import CLEAR_SESSION, FORGET_ONE
from chathakase.core.types import Choice
from chathakase.engine.access.rights import Right
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Asked, Order, privately
from chathakase.engine.commands.command_context import CommandContext


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody must be to give a command."""

    right: Right
    deed: str = "do that"
    """What they are told that only others can do."""


ANYBODY = Permission(Right.READ)
SEEN_BY_ADMINS = Permission(Right.ADMINISTER, "see that")

PERMISSIONS: Mapping[str, Permission] = {
    # What anybody there can read.
    parsing.SESSION_INFO: ANYBODY,
    parsing.SUMMARISE: ANYBODY,
    parsing.COMPACT: ANYBODY,
    parsing.HELP: ANYBODY,
    # It finds, tells and forgets only what is their own.
    parsing.SEARCH: ANYBODY,
    parsing.USAGE: ANYBODY,
    parsing.FORGET: ANYBODY,
    parsing.FORGET_LAST: ANYBODY,
    parsing.FORGET_HERE: ANYBODY,
    parsing.FORGET_EVERYTHING: ANYBODY,
    parsing.FORGET_EVERYTHING_NOW: ANYBODY,
    # Who may is told by the question or the message that it is about, which is looked up when it is done.
    parsing.STOP: ANYBODY,
    parsing.ANSWER_AGAIN: ANYBODY,
    FORGET_ONE: ANYBODY,
    parsing.WHAT_DO_YOU_REMEMBER: Permission(Right.TAKE_PART, "see that"),
    parsing.RENAME: Permission(Right.TAKE_PART, "rename it"),
    parsing.EXPORT: Permission(Right.TAKE_PART, "export it"),
    CLEAR_SESSION: Permission(Right.OWN, "clear it"),
    parsing.ALL_SESSIONS: SEEN_BY_ADMINS,
    parsing.ALL_USAGE: SEEN_BY_ADMINS,
    parsing.DOCTOR: SEEN_BY_ADMINS,
    parsing.LIFT_LIMITS: Permission(Right.ADMINISTER),
}
"""Of everything that people can say, by a word or a button."""

ONLY: Mapping[Right, str] = {
    Right.TAKE_PART: "Sorry, only people who wrote in this thread and admins can {}.",
    Right.OWN: "Sorry, only the person who started this conversation and admins can {}.",
    Right.ADMINISTER: "Sorry, only admins can {}.",
}

ONLY_YOURS = " Should I forget just your messages here?"


class Permissions:
    """Sees whether somebody may give a command at the moment when it is done."""

    def __init__(self, context: CommandContext) -> None:
        self._rights = context.rights
        self._context_builder = context.context_builder

    async def refusal(self, command: str, order: Order) -> Answer:
        """What is said to whoever may not give a command; None to whoever may. Raises StoreError."""
        # What is not in the table nobody can say: it is a word of ours to one person.
        needed = PERMISSIONS.get(command, ANYBODY)
        if needed.right is Right.READ or await self._has(needed.right, order):
            return None
        told = ONLY[needed.right].format(needed.deed)
        if command == CLEAR_SESSION and await self._rights.part(order.session, order.by) is Right.TAKE_PART:
            return Asked(told + ONLY_YOURS, (Choice("Forget only my messages", parsing.FORGET_HERE),))
        return privately(told)

    async def _has(self, right: Right, order: Order) -> bool:
        if await self._rights.have(right, order.session, order.by, where=order.where):
            return True
        if right is Right.ADMINISTER:
            return False
        # Who wrote in the thread before the bot was called took part as well.
        await self._context_builder.bring_in(order.session, whose=order.by)
        return await self._rights.have(right, order.session, order.by, where=order.where)
