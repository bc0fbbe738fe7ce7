"""Names the thread that a command is about, where it was said in another one."""

from dataclasses import replace

from chathakase.core.wording import plainly
from chathakase.engine.access.rights import Right
from chathakase.engine.commands.command_answers import Order, Told
from chathakase.engine.commands.command_context import CommandContext

UNTITLED = "our last conversation"
UNTITLED_IN_AN_OVERVIEW = "that conversation"


class Naming:
    """Knows what threads are called."""

    def __init__(self, context: CommandContext) -> None:
        self._titles = context.stores.titles
        self._surface = context.surface
        self._rights = context.rights

    async def name(self, order: Order) -> str:
        """The title of the thread that it is about, in Markdown, which leads there where that can be.

        An admin who took no part in it is not told what it is about. Raises StoreError.
        """
        title = await self._titles.title(order.session.id) if await self._may_know(order) else ""
        untitled = UNTITLED_IN_AN_OVERVIEW if order.where.is_overview else UNTITLED
        title = plainly(title) if title else untitled
        link = self._surface.link(order.place, order.place.thread)
        return f"[{title}]({link})" if link else title

    async def _may_know(self, order: Order) -> bool:
        if not order.where.is_overview:
            return True
        return await self._rights.part(order.session, order.by, where=order.where) >= Right.TAKE_PART


def naming(name: str, told: Told) -> Told:
    """An answer below the name of the thread that it is about."""
    return replace(told, text=f"About {name}:\n\n{told.text}") if told else None
