"""Shows exactly what the model would get to see."""

import logging
from collections.abc import Iterator, Mapping

from chathakase.core.amounts import size
from chathakase.core.errors import DeliveryError
from chathakase.core.export import file_name
from chathakase.core.types import Speech
from chathakase.engine.commands import parsing
from chathakase.engine.commands.answers import Act, Answer, Order, privately
from chathakase.engine.commands.describing import room, trimmed
from chathakase.engine.commands.means import Means
from chathakase.engine.commands.wording import fenced
from chathakase.engine.recall import View

NOTHING = "I don't remember anything from this thread."
NOT_YOURS = "Sorry, only people who wrote in this thread and admins can see that."
NOT_TAKEN = "It is too long to show here, and I couldn't send you a file. Please ask your administrator."
LONGEST = 3_000
"""Characters that are shown in the thread; whatever is longer becomes a file."""

log = logging.getLogger(__name__)


class Remembering:
    """Shows memory to whom it belongs."""

    def __init__(self, means: Means) -> None:
        self._sessions = means.stores.sessions
        self._surface = means.surface
        self._rights = means.rights
        self._recall = means.recall

    def acts(self) -> Mapping[str, Act]:
        """Its command."""
        return {parsing.WHAT_DO_YOU_REMEMBER: self._show}

    async def _show(self, order: Order) -> Answer:
        # Before the people, since it brings in those who wrote above.
        view = await self._recall.look(order.session, whose=order.by)
        people = await self._sessions.people(order.place)
        if not people:
            return privately(NOTHING)
        if not await self._rights.may_act_on(order.where, order.by, people):
            return privately(NOT_YOURS)
        text = as_text(view)
        if len(text) <= LONGEST:
            return privately(text)
        return await self._send(order, heading(view), text)

    async def _send(self, order: Order, comment: str, text: str) -> Answer:
        name = f"{file_name(order.place.name)}-memory.md"
        try:
            await self._surface.share_privately(
                order.where, order.by, order.errand, name, text.encode(), comment=comment
            )
        except DeliveryError as error:
            log.warning("What is remembered of %s could not be shared: %s", order.place.name, error)
            return privately(NOT_TAKEN)
        return privately(f"{comment}\nI sent it to you as a file in a direct message.")


def as_text(view: View) -> str:
    """All that the model would get to see for the next question, in Markdown."""
    return "\n\n".join((heading(view), *(part for speech in view.prompt.speeches for part in _parts(speech))))


def heading(view: View) -> str:
    """What is told above it."""
    return (
        "**What I would send to the model** along with the next question here. "
        f"{room(view)}. In its view: {trimmed(view)}."
    )


def _parts(speech: Speech) -> Iterator[str]:
    yield f"**{speech.role}**"
    yield fenced(speech.content)
    if speech.images:
        yield "\n".join(f"- a picture, {image.kind}, {size(len(image.data))}" for image in speech.images)
