"""Writes what changes in a world into its folder, soon after it has changed."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chathakase.playground.persistence.records import (
    TOKENS,
    WORLD,
    conversation_record,
    message_key,
    message_record,
    world_of,
    world_record,
)
from chathakase.playground.persistence.workspace_file import Batch, Key, WorkspaceFile, WorkspaceFileError
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import (
    Change,
    ConversationChanged,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    ReactionChanged,
)

SETTLE_SECONDS = 0.3
"""How long changes are gathered before they are written together."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SavedPart:
    """A world and the tokens that belong to it; both are kept if there is a folder."""

    world: World
    tokens: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def keep(folder: Path | None, given: World) -> AsyncIterator[SavedPart]:
    """The world that is kept in a folder, or the one that is given where there is none yet; WorkspaceFileError.

    It is written until the end of the `async with`. Without a folder nothing is.
    """
    if folder is None:
        yield SavedPart(given)
        return
    database = await asyncio.to_thread(WorkspaceFile.open, folder)
    try:
        kept = await asyncio.to_thread(_loaded, database, given)
        saver = WorkspaceSaver(kept, database)
        try:
            yield kept
        finally:
            await saver.aclose()
    finally:
        await asyncio.to_thread(database.close)


def _loaded(database: WorkspaceFile, given: World) -> SavedPart:
    records = database.load()
    if WORLD not in records:
        return SavedPart(given)
    try:
        return SavedPart(world_of(records, database.contents(), given.clock), records.get(TOKENS, {}))
    except (KeyError, TypeError, ValueError) as error:
        raise WorkspaceFileError(f"The saved workspace is damaged ({error!r}); discard it with --fresh.") from error


class WorkspaceSaver:
    """Gathers what changes and writes it; what is small is compared with what was written last."""

    def __init__(self, kept: SavedPart, database: WorkspaceFile) -> None:
        self._kept = kept
        self._database = database
        self._changed: dict[Key, Json | None] = {}
        self._written: dict[Key, object] = {}
        self._closing = asyncio.Event()
        self._stirred = asyncio.Event()
        self._stirred.set()
        for conversation in kept.world.conversations():
            self._changed["conversation", conversation.id] = conversation_record(kept.world, conversation)
            for message in kept.world.timeline(conversation.id).messages():
                self._changed[message_key(message)] = message_record(message)
        self._end: Callable[[], None] = kept.world.subscribe(self._observe)
        self._task = asyncio.create_task(self._write_on(), name="playground saver")

    def _observe(self, change: Change) -> None:
        match change:
            case MessagePosted() | MessageChanged() | ReactionChanged():
                self._changed[message_key(change.message)] = message_record(change.message)
            case MessageDeleted():
                self._changed[message_key(change.previous)] = None
            case ConversationChanged() | MemberJoined() | MemberLeft():
                place = change.conversation
                self._changed["conversation", place.id] = conversation_record(self._kept.world, place)
        self._stirred.set()

    async def _write_on(self) -> None:
        while not self._closing.is_set():
            await self._stirred.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SETTLE_SECONDS)
            self._stirred.clear()
            await self._write()
        # What changed during the last write is not in it.
        await self._write()

    async def _write(self) -> None:
        """Write all that has changed; if that fails it is tried again with the next change."""
        records, self._changed = self._changed, {}
        small = {key: value for key, value in self._small() if self._written.get(key) != value}
        bodies = {key: body for key, (body, _) in small.items()}
        contents = {key[1]: content for key, (_, content) in small.items() if content is not None}
        try:
            await asyncio.to_thread(self._database.write, Batch(records | bodies, contents))
        except (sqlite3.Error, OSError) as error:
            log.error("The workspace could not be written: %s", error)
            self._changed = records | self._changed
        else:
            self._written |= small

    def _small(self) -> Iterator[tuple[Key, tuple[Json, bytes | None]]]:
        """Everything but conversations and messages, with the bytes of files."""
        world = self._kept.world
        yield WORLD, (world_record(world), None)
        yield TOKENS, (dict(self._kept.tokens), None)
        for file in world.files.all():
            yield ("file", file.id), (asdict(file), world.files.content(file.id))
        for (user, app), view in world.modals.homes.items():
            yield ("home", user if app == world.app.id else f"{user} {app}"), (asdict(view), None)
        for (channel, thread_ts), session in world.sessions.items():
            body = {"channel": channel, "thread_ts": thread_ts, "session": asdict(session)}
            yield ("session", f"{channel} {thread_ts}"), (body, None)

    async def aclose(self) -> None:
        """Write what is left."""
        self._end()
        self._closing.set()
        self._stirred.set()
        await self._task
