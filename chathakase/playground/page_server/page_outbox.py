"""What waits to be sent to one page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from chathakase.playground.world.values import Json

FRAMES_MOST = 2_000
"""Frames that wait for a slow page before they are given up for a fresh snapshot."""


@dataclass(frozen=True, slots=True)
class PageBatch:
    """Frames in their order; `missed` if earlier ones were given up, so that a snapshot has to come first."""

    frames: tuple[Json, ...]
    missed: bool


class PageOutbox:
    """A bounded queue that never makes the writer wait, and in which a newer version of a thing replaces the older.

    Answers to the page's own questions are never given up.
    """

    def __init__(self, most: int = FRAMES_MOST) -> None:
        self._most = most
        self._waiting: dict[object, Json] = {}
        self._missed = False
        self._filled = asyncio.Event()

    def put(self, frame: Json, key: object = None) -> None:
        """Add a frame at the end; `key` says of what it is a version, None that it is none."""
        slot = object() if key is None else key
        self._waiting.pop(slot, None)
        self._waiting[slot] = frame
        if len(self._waiting) > self._most:
            self._missed = True
            self._waiting = {slot: kept for slot, kept in self._waiting.items() if kept["type"] == "answer"}
        self._filled.set()

    async def take(self) -> PageBatch:
        """Everything that waits, as soon as there is something."""
        await self._filled.wait()
        self._filled.clear()
        batch = PageBatch(tuple(self._waiting.values()), self._missed)
        self._waiting, self._missed = {}, False
        return batch
