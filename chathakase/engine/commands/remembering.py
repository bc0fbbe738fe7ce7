"""Shows exactly what the model would get to see."""

import logging
from collections.abc import Iterator, Mapping

from chathakase.core.amounts import size
from chathakase.core.errors import DeliveryError
from chathakase.core.export import file_name
from chathakase.core.types import ChatMessage
from chathakase.core.wording import fenced
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, privately
from chathakase.engine.commands.command_context import CommandContext
from chathakase.engine.commands.describing import room, trimmed
from chathakase.engine.context.context_builder import PromptView

NOTHING = "I don't remember anything from this thread."
NOT_TAKEN = "It is too long to show here, and I couldn't send you a file. Please ask your administrator."
LONGEST = 3_000
"""Characters that are shown in the thread; whatever is longer becomes a file."""

log = logging.getLogger(__name__)


class Remembering:
    """Shows memory to whom it belongs."""

    def __init__(self, context: CommandContext) -> None:
        self._surface = context.surface
        self._context_builder = context.context_builder

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.WHAT_DO_YOU_REMEMBER: self._show}

    async def _show(self, order: Order) -> Answer:
        view = await self._context_builder.look(order.session, whose=order.by)
        if not view.memory.people:
            return privately(NOTHING)
        text = as_text(view)
        if len(text) <= LONGEST:
            return privately(text)
        return await self._send(order, heading(view), text)

    async def _send(self, order: Order, comment: str, text: str) -> Answer:
        name = f"{file_name(order.place.name)}-memory.md"
        try:
            await self._surface.share_privately(order.where, order.by, order.job, name, text.encode(), comment=comment)
        except DeliveryError as error:
            log.warning("What is remembered of %s could not be shared: %s", order.place.name, error)
            return privately(NOT_TAKEN)
        return privately(f"{comment}\nI sent it to you as a file in a direct message.")


def as_text(view: PromptView) -> str:
    """All that the model would get to see for the next question, in Markdown."""
    return "\n\n".join(
        (heading(view), *(part for chat_message in view.prompt.chat_messages for part in _parts(chat_message)))
    )


def heading(view: PromptView) -> str:
    """What is told above it."""
    return (
        "**What I would send to the model** along with the next question here. "
        f"{room(view)}. In its view: {trimmed(view)}."
    )


def _parts(chat_message: ChatMessage) -> Iterator[str]:
    yield f"**{chat_message.role}**"
    yield fenced(chat_message.content)
    if chat_message.images:
        yield "\n".join(f"- a picture, {image.kind}, {size(len(image.data))}" for image in chat_message.images)
