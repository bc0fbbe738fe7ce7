"""Forgets what people want forgotten, and asks first where more than their own words would be lost."""

from collections.abc import Mapping

from chathakase.core.amounts import counted
from chathakase.core.audit import Deed
from chathakase.core.jobs import CLEAR_SESSION, FORGET_ONE
from chathakase.core.memory import Scope
from chathakase.core.names import Names
from chathakase.core.types import Choice
from chathakase.core.wording import listed
from chathakase.engine.access.rights import Right
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import (
    Answer,
    Asked,
    Handler,
    Order,
    Said,
    done,
    interrupted,
    privately,
    refused,
)
from chathakase.engine.commands.command_context import CommandContext

WHAT = (
    "Which of your messages should I forget? They stay visible in {surface}, but I will no longer remember, find or "
    "export them. My answers are forgotten only by `clear session`. For any other message, open its menu and choose "
    "*Forget this message*, or delete it."
)
CHOICES = (
    Choice("My last message", parsing.FORGET_LAST),
    Choice("My messages here", parsing.FORGET_HERE),
    Choice("All my messages everywhere", parsing.FORGET_EVERYTHING),
)
CHOICES_ELSEWHERE = (
    Choice("My last message there", parsing.FORGET_LAST_NOW),
    Choice("My messages there", parsing.FORGET_HERE_NOW),
    CHOICES[-1],
)
SURE = "Forget everything you have ever written to me or in my threads? This can't be undone."
NOT_YOURS = (
    "Sorry, only the author of a message, the person who started the conversation or an admin can have it forgotten."
)
UNKNOWN = "I don't remember that message."
OURS = "That is one of my answers. Only `clear session` forgets those."
NOTHING = "I don't remember any of your messages {}."
INTERRUPTED = (
    "I was interrupted and can't tell whether your last message has been forgotten. Check with `what do you remember`, "
    "and say `forget my last message` again if it is still there."
)


class Forgetting:
    """Forgets."""

    def __init__(self, context: CommandContext) -> None:
        self._sessions = context.stores.sessions
        self._forgetting = context.stores.forgetting
        self._surface = context.surface
        self._interactions = context.interactions
        self._rights = context.rights

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {
            parsing.FORGET: self._ask_what,
            parsing.FORGET_LAST: self._last,
            parsing.FORGET_HERE: self._here,
            parsing.FORGET_EVERYTHING: self._ask_whether,
            parsing.FORGET_EVERYTHING_NOW: self._everything,
            FORGET_ONE: self._one,
            CLEAR_SESSION: self._clear,
        }

    async def _ask_what(self, order: Order) -> Answer:
        what = WHAT.format(surface=self._surface.traits(order.place).name)
        return Asked(what, CHOICES_ELSEWHERE if order.elsewhere else CHOICES)

    async def _ask_whether(self, _: Order) -> Answer:
        return Asked(SURE, (Choice("Forget everything", parsing.FORGET_EVERYTHING_NOW, danger=True),))

    async def _last(self, order: Order) -> Answer:
        if order.elsewhere and order.argument != parsing.NOW:
            return _sure("Forget your last message there?", parsing.FORGET_LAST_NOW)
        if order.job.attempt > 1:
            return interrupted(Deed.FORGET_LAST, privately(INTERRUPTED))
        forgotten = await self._forget(order, Scope.LAST)
        where = _where(order)
        if not forgotten:
            return privately(NOTHING.format(where))
        told = privately(f"Done: I have forgotten your last message {where}.")
        return done(Deed.FORGET_LAST, told, amount=forgotten)

    async def _here(self, order: Order) -> Answer:
        if order.elsewhere and order.argument != parsing.NOW:
            return _sure("Forget all your messages there?", parsing.FORGET_HERE_NOW)
        forgotten = await self._forget(order, Scope.HERE)
        return _forgotten(Deed.FORGET_HERE, forgotten, _where(order), order)

    async def _everything(self, order: Order) -> Answer:
        # Also what is asked there meanwhile may be answered from what is not forgotten yet.
        told_of = await self._forgetting.where(order.by, order.place)
        forgotten = await self._forget(order, Scope.EVERYWHERE)
        for session in told_of - {order.session.id}:
            self._interactions.restart(session)
        return _forgotten(Deed.FORGET_EVERYTHING, forgotten, "anywhere", order)

    async def _one(self, order: Order) -> Answer:
        author = await self._forgetting.author_of(order.session.id, order.argument)
        if author is None:
            # Once more after a crash, it may have been forgotten before that.
            again, told = order.job.attempt > 1, privately(UNKNOWN)
            return interrupted(Deed.FORGET_ONE, told) if again else told
        if not author:
            return privately(OURS)
        if author != order.by and not await self._may_forget_others(order):
            return refused(Deed.FORGET_ONE, privately(NOT_YOURS), person=author)
        if not await self._forgetting.forget(Scope.ONE, author=author, session=order.session, before=order.argument):
            return privately(UNKNOWN)
        self._interactions.restart(order.session.id)
        told = privately("Done: I have forgotten that message.")
        return done(Deed.FORGET_ONE, told, person=author, amount=1)

    async def _may_forget_others(self, order: Order) -> bool:
        return await self._rights.have(Right.OWN, order.session, order.by, where=order.where)

    async def _forget(self, order: Order, scope: Scope) -> int:
        forgotten = await self._forgetting.forget(
            scope, author=order.by, session=order.session, before=order.ref, said=order.said
        )
        if forgotten:
            self._interactions.restart(order.session.id)
        return forgotten

    async def _clear(self, order: Order) -> Answer:
        asks = order.argument != parsing.FOR_EVERYONE and not order.where.is_overview
        if order.elsewhere and asks:
            return _sure("Forget everything that was said there, including my answers?", parsing.CLEAR_FOR_EVERYONE)
        if asks and (others := await self._others(order)):
            return Asked(
                f"{others} wrote here too. Forget everyone's messages in this thread, or only yours?",
                (
                    Choice("Forget everyone's messages", parsing.CLEAR_FOR_EVERYONE, danger=True),
                    Choice("Forget only my messages", parsing.FORGET_HERE),
                ),
            )
        await self._interactions.end(order.session.id, before=order.ref, said=order.said)
        forgotten = await self._forgetting.clear(order.session.id, before=order.ref, said=order.said)
        # Once more after a crash, there is nothing left to count.
        what = f"everything said {_where(order)} before"
        if forgotten:
            what = f"{counted(forgotten, 'message')} of {'that' if order.elsewhere else 'this'} thread"
        return done(Deed.CLEAR, Said(f"Done: I have forgotten {what}."), amount=forgotten or None)

    async def _others(self, order: Order) -> str:
        """Who else wrote here, in words."""
        ids = sorted(await self._sessions.people(order.place) - {order.by})
        people = await self._surface.people(order.place, ids)
        return listed(Names({id_: person.name for id_, person in people.items()}).listed(ids))


def _sure(question: str, words: str) -> Asked:
    """Ask before something is forgotten in a thread that is not in sight."""
    return Asked(question, (Choice("Forget", words, danger=True),))


def _where(order: Order) -> str:
    return "there" if order.elsewhere else "here"


def _forgotten(deed: Deed, forgotten: int, where: str, order: Order) -> Answer:
    if forgotten:
        return done(deed, privately(f"Done: I have forgotten {forgotten:,} of your messages."), amount=forgotten)
    if order.job.attempt > 1:
        return done(deed, privately("Done: I have forgotten all of your messages."))
    return privately(NOTHING.format(where))
