"""Gives a thread back as files."""

import asyncio
import logging
from collections.abc import Mapping

from chathakase.core.audit import Deed
from chathakase.core.errors import DeliveryError
from chathakase.core.export import Names, as_json, as_markdown, file_name
from chathakase.core.memory import Transcript
from chathakase.core.mentions import mentioned, speakers
from chathakase.engine.commands import parsing
from chathakase.engine.commands.command_answers import Answer, Handler, Order, Said, done, interrupted, privately
from chathakase.engine.commands.command_context import CommandContext

NOTHING = "There is nothing to export: nobody has said anything here, or it has all been forgotten."
COMMENT = "This session as Markdown, for people to read."
COMMENT_JSON = "The same as JSON, for programs."
SHARED = "Here it is, as two files."
NOT_TAKEN = "I couldn't share the files here. Please try again later, or ask your administrator."

log = logging.getLogger(__name__)


class Exporting:
    """Exports sessions."""

    def __init__(self, context: CommandContext) -> None:
        self._store = context.stores.export
        self._context_builder = context.context_builder
        self._surface = context.surface
        self._agent = context.terms.agent

    def handlers(self) -> Mapping[str, Handler]:
        """Its command."""
        return {parsing.EXPORT: self._export}

    async def _export(self, order: Order) -> Answer:
        await self._context_builder.bring_in(order.session, whose=order.by)
        transcript = await self._store.transcript(order.session.id)
        if transcript is None or not transcript.messages:
            return Said(NOTHING)
        try:
            await self._share(order, transcript)
        except DeliveryError as error:
            log.warning("The export of %s could not be shared: %s", order.place.name, error)
            # One of the files may have been taken.
            return interrupted(Deed.EXPORT, Said(NOT_TAKEN))
        told = privately(SHARED) if order.elsewhere else None
        return done(Deed.EXPORT, told, amount=len(transcript.messages))

    async def _share(self, order: Order, transcript: Transcript) -> None:
        said = transcript.messages
        people = await self._surface.people(
            order.place, speakers(said), mentioned=mentioned(each.text for each in said)
        )
        names = {id_: person.name for id_, person in people.items()}
        files = await asyncio.to_thread(_files, transcript, names, self._agent)
        for ending, (content, comment) in files.items():
            name = f"{file_name(order.place.name)}.{ending}"
            await self._surface.share(order.where, order.job, name, content, comment=comment)


def _files(transcript: Transcript, names: Names, agent: str) -> Mapping[str, tuple[bytes, str]]:
    """What is shared, by the endings of the files' names, and what is said of it. It takes long for a long session."""
    return {
        "md": (as_markdown(transcript, names, assistant=agent).encode(), COMMENT),
        "json": (as_json(transcript, names).encode(), COMMENT_JSON),
    }
