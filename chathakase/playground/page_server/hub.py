"""Everything that happens, told to every open page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from chathakase.playground.journal import Entry, Journal
from chathakase.playground.page_server.frames import (
    Frame,
    frames_of,
    home_frame,
    page_conversation,
    page_ephemeral,
    page_message,
    prompts_frame,
    status_frame,
)
from chathakase.playground.page_server.page_outbox import PageOutbox
from chathakase.playground.page_server.traffic import Traffic
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.socket_mode.payloads import view_json
from chathakase.playground.world.values import Json
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import Change, PromptsSet, StatusSet


class Hub:
    """Watches the world, the journal and the apps' connections as long as it is open; pages come and go."""

    def __init__(self, world: World, journal: Journal, links: Links) -> None:
        self._world = world
        self._links = links
        self._traffic = Traffic()
        self._statuses: dict[tuple[str, str], StatusSet] = {}
        self._prompts: dict[tuple[str, str | None], PromptsSet] = {}
        self._pages: set[PageOutbox] = set()
        self._ends: list[Callable[[], None]] = [
            world.subscribe(self._changed),
            journal.subscribe(self._noted),
            links.on_count(self._counted),
        ]

    def close(self) -> None:
        """Watch no longer."""
        for end in self._ends:
            end()

    @contextmanager
    def page(self) -> Iterator[PageOutbox]:
        """A new page's outbox, which is filled until the end of the `with`."""
        outbox = PageOutbox()
        self._pages.add(outbox)
        try:
            yield outbox
        finally:
            self._pages.discard(outbox)

    def snapshot(self) -> Iterator[Json]:
        """The frames that give a page everything as it is now."""
        world = self._world
        conversations = world.conversations()
        yield {
            "type": "snapshot",
            "conversations": [page_conversation(world, each) for each in conversations],
            "messages": {
                each.id: [page_message(world, message) for message in world.timeline(each.id).messages()]
                for each in conversations
            },
            "homes": [home_frame(world, user, view).body for (user, _), view in world.modals.homes.items()],
            "ephemeral": [page_ephemeral(world, each) for each in world.ephemerals.all()],
            "sockets": self._links.counts(),
            "traffic": self._traffic.entries(),
        }
        for status in self._statuses.values():
            yield status_frame(status).body
        for prompts in self._prompts.values():
            yield prompts_frame(prompts).body
        for user, stack in world.modals.stacks().items():
            for index, view in enumerate(stack):
                shown = "push" if index else "open"
                yield {"type": "view", "user": user, "do": shown, "view": view_json(world, view)}

    def _tell(self, frame: Frame) -> None:
        for outbox in self._pages:
            outbox.put(frame.body, frame.key)

    def _changed(self, change: Change) -> None:
        self._follow_status(change)
        if isinstance(change, PromptsSet):
            self._prompts[change.conversation.id, change.thread_ts] = change
        for frame in frames_of(self._world, change):
            self._tell(frame)

    def _follow_status(self, change: Change) -> None:
        """Remember what the bot does, until time ends it (assistant.threads.setStatus)."""
        if isinstance(change, StatusSet):
            place = (change.conversation.id, change.thread_ts)
            self._statuses.pop(place, None)
            if change.status:
                self._statuses[place] = change
                asyncio.get_running_loop().call_later(change.seconds, self._end_status, change)

    def _end_status(self, status: StatusSet) -> None:
        """Clear a status, unless there is a later one in its place."""
        place = (status.conversation.id, status.thread_ts)
        if self._statuses.get(place) is status:
            del self._statuses[place]
            self._tell(status_frame(StatusSet(status.conversation, status.thread_ts, "")))

    def _noted(self, entry: Entry) -> None:
        people = frozenset(user.id for user in self._world.users.values() if not user.is_bot)
        noted = self._traffic.note(entry, people)
        if noted is not None:
            self._tell(Frame({"type": "traffic", "entry": noted}))

    def _counted(self, counts: Mapping[str, int]) -> None:
        self._tell(Frame({"type": "sockets", "counts": counts}, ("sockets",)))
