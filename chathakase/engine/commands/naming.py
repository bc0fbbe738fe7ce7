"""Names the thread that a command is about, where it was said in another one."""

from dataclasses import replace

from chathakase.core.wording import plainly
from chathakase.engine.commands.command_answers import Order, Told
from chathakase.engine.commands.command_context import CommandContext

UNTITLED = "our last conversation"
UNTITLED_IN_AN_OVERVIEW = "that conversation"


class Naming:
    """Knows what threads are called."""

    def __init__(self, context: CommandContext) -> None:
        self._titles = context.stores.titles
        self._surface = context.surface

    async def name(self, order: Order) -> str:
        """The title of the thread that it is about, in Markdown, which leads there where that can be.

        Raises StoreError.
        """
        title, place = await self._titles.title(order.session.id), order.place
        untitled = UNTITLED_IN_AN_OVERVIEW if order.where.is_overview else UNTITLED
        title = plainly(title) if title else untitled
        link = self._surface.link(place, place.thread)
        return f"[{title}]({link})" if link else title


def naming(name: str, told: Told) -> Told:
    """An answer below the name of the thread that it is about."""
    return replace(told, text=f"About {name}:\n\n{told.text}") if told else None
