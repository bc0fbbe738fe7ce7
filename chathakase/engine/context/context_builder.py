"""Everything that leads to a prompt: what is remembered, the backfill, what files hold, who speaks and where."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from chathakase.core.errors import NothingAsked
from chathakase.core.files import Image
from chathakase.core.footnotes import about_backfill, about_files
from chathakase.core.memory import Memory
from chathakase.core.mentions import mentioned, speakers
from chathakase.core.message_rendering import newest_pictures
from chathakase.core.ports import FileStore, MemoryStore, Surface
from chathakase.core.prompt import AssistantSetup, Persona, build_prompt, said_in
from chathakase.core.types import ChatMessage, Lease, Place, Prompt, Role, Session, SessionId, TurnAction
from chathakase.core.window import Window
from chathakase.engine.context.file_reader import FileReader
from chathakase.engine.context.thread_backfill import BackfillResult, ThreadBackfill
from chathakase.engine.model.model_window import ModelWindow

GO_ON = "Go on exactly where your last message stopped. Do not repeat any of it, and do not comment on it."
AT_ONCE = 50_000
"""Characters of which a prompt is made at once; more of them leave the loop to others meanwhile."""


@dataclass(frozen=True, slots=True)
class PromptView:
    """What the model would get to see of a session right now."""

    prompt: Prompt
    memory: Memory
    window: Window


class ContextBuilder:
    """Builds prompts."""

    def __init__(
        self,
        *,
        store: MemoryStore,
        files: FileStore,
        backfill: ThreadBackfill,
        reader: FileReader,
        surface: Surface,
        persona: Persona,
        model_window: ModelWindow,
    ) -> None:
        self._store = store
        self._files = files
        self._backfill = backfill
        self._reader = reader
        self._surface = surface
        self._persona = persona
        self._model_window = model_window

    async def prompt(self, lease: Lease, *, share: float = 1.0) -> Prompt:
        """All that the model gets to see for a turn; with a ``share`` below one, so much less.

        Raises StoreError, and NothingAsked when all that the turn answers is forgotten.
        """
        memory, new = await self._complete(lease.of, lease, whose=lease.by)
        if lease.action is not TurnAction.CONTINUE and not _asks(memory, lease):
            raise NothingAsked
        prompt = await self._build(lease.place, memory, self._model_window.window(), share)
        missing = about_files(memory, lease, new=new, sees=self._model_window.sees)
        prompt = replace(prompt, footnotes=(*about_backfill(memory, lease), *missing))
        if memory.messages and memory.messages[-1].role is Role.ASSISTANT:
            return replace(prompt, chat_messages=(*prompt.chat_messages, ChatMessage("user", GO_ON)))
        return prompt

    async def look(self, session: Session, *, whose: str) -> PromptView:
        """What the model would see right now, if something were asked; somebody wants to know. Raises StoreError."""
        memory, _ = await self._complete(session, None, whose=whose)
        window = self._model_window.window()
        return PromptView(await self._build(session.place, memory, window, 1.0), memory, window)

    async def bring_in(self, session: Session, *, whose: str) -> None:
        """Have the thread's backfill and what files hold remembered for somebody, as far as that can be had.

        Raises StoreError.
        """
        await self._complete(session, None, whose=whose)

    async def standing(self, lease: Lease) -> str:
        """The text that an answer goes on from; empty when it is written from the beginning. Raises StoreError."""
        if lease.action is not TurnAction.CONTINUE:
            return ""
        newest = (await self._store.memory(lease.session, lease=lease, limit=1, tokens=0)).messages[-1:]
        return newest[0].text if newest and newest[0].role is Role.ASSISTANT else ""

    async def _complete(self, session: Session, lease: Lease | None, *, whose: str) -> tuple[Memory, Collection[int]]:
        """All that is remembered, backfill and files included, as far as these can be had; what is missing is told.

        Also the attachment ids of the files that are read now.
        """
        memory = await self._remember(session.id, lease)
        look = await self._backfill.read(session, memory, whose=whose)
        if look is BackfillResult.MORE:
            memory = await self._remember(session.id, lease)
        new: Collection[int] = ()
        if _has_unread(memory):
            new = await self._reader.read_new(session, whose=whose)
            memory = await self._remember(session.id, lease)
        return replace(memory, backfilled=look is not BackfillResult.MISSING), new

    async def _remember(self, session: SessionId, lease: Lease | None) -> Memory:
        limit, room = self._persona.max_messages, self._model_window.window().room
        return await self._store.memory(session, lease=lease, limit=limit, tokens=room)

    async def _build(self, place: Place, memory: Memory, window: Window, share: float) -> Prompt:
        # Whoever said something is told apart from others of the same name, also if that is out of sight.
        said = said_in(memory)
        ids = dict.fromkeys((*speakers(said), *memory.people))
        people, where, images = await asyncio.gather(
            self._surface.people(place, ids.keys(), mentioned=mentioned(each.text for each in said)),
            self._surface.where(place),
            self._images(memory),
        )
        build = partial(
            build_prompt,
            AssistantSetup(self._persona, self._surface.traits(place)),
            memory,
            people=people,
            where=where,
            window=window,
            images=images,
            share=share,
        )
        return await asyncio.to_thread(build) if _length(memory) > AT_ONCE else build()

    async def _images(self, memory: Memory) -> Mapping[int, Image]:
        pictures = newest_pictures(memory.messages) if self._model_window.sees else ()
        return await self._files.images(pictures) if pictures else {}


def _length(memory: Memory) -> int:
    """Characters of all that is remembered."""
    return sum(len(each.text) + sum(len(file.text) for file in each.attachments) for each in memory.messages)


def _has_unread(memory: Memory) -> bool:
    return any(not attachment.read for message in memory.messages for attachment in message.attachments)


def _asks(memory: Memory, lease: Lease) -> bool:
    """Whether anything is left of what a turn answers."""
    return any(each.role is Role.USER and lease.since < each.seq <= lease.upto for each in memory.messages)
