"""Archives a whole conversation, or deletes it once that is confirmed."""

from collections.abc import Mapping

from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.jobs import DELETE_SESSION
from chathakase.core.listing import GONE
from chathakase.core.types import Choice, SessionId
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Asked, Handler, Order, Said, done, privately
from chathakase.engine.commands.command_context import CommandContext

SURE = (
    "Delete {this} conversation? I will forget everything that was said {here}, including my answers. "
    "The messages stay visible in {surface}. This can't be undone."
)
ARCHIVED = "Done: I have archived {this} conversation. The next message {here} opens it again."
DELETED = "Done: I have deleted {this} conversation."
BUSY = "I'm still answering {here}. Say `archive session` again when I have finished, or `stop` first."

BUSY_THERE = "I'm still answering there. Try again when I have finished."
"""The same where nobody can say a word."""


class Retiring:
    """Archives and deletes."""

    def __init__(self, context: CommandContext) -> None:
        self._forgetting = context.stores.forgetting
        self._surface = context.surface
        self._interactions = context.interactions
        self._deleting = context.deleting

    def handlers(self) -> Mapping[str, Handler]:
        """Its commands."""
        return {parsing.ARCHIVE_SESSION: self._archive, DELETE_SESSION: self._delete, parsing.GONE: self._gone}

    async def _archive(self, order: Order) -> Answer:
        # Not once that is finished: by then somebody may have gone on talking.
        session = order.session.id
        if await self._interactions.is_writing(session) or not await self._forgetting.archive(session, by=order.by):
            return privately(BUSY_THERE if order.where.is_overview else _worded(BUSY, order))
        return done(Deed.ARCHIVE, Said(_worded(ARCHIVED, order)))

    async def _delete(self, order: Order) -> Answer:
        session = order.session.id
        if order.argument != session:
            return self._sure(order)
        await self._interactions.end(session, before=order.ref, said=order.said)
        async with self._deleting(session):
            await self._forgetting.delete(session, job=order.job, event=AuditEvent(Deed.DELETE))
        return done(Deed.DELETE, Said(_worded(DELETED, order)))

    def _sure(self, order: Order) -> Asked:
        question = _worded(SURE, order, surface=self._surface.traits(order.place).name)
        return Asked(question, (Choice("Delete conversation", f"{DELETE_SESSION} {order.session.id}", danger=True),))

    async def _gone(self, order: Order) -> Answer:
        """A session that is not there any more may have been deleted by this very job, which died before it said so."""
        if await self._forgetting.has_deleted(order.job, SessionId(order.argument)):
            return Said(_worded(DELETED, order))
        return privately(GONE)


def _worded(text: str, order: Order, **names: str) -> str:
    this, here = ("that", "there") if order.elsewhere else ("this", "here")
    return text.format(this=this, here=here, **names)
