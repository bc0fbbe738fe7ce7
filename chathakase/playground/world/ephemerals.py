"""Ephemeral messages: kept by no channel, but still on the screen of the one who got them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chathakase.playground.world.values import Message

REMEMBERED = 200
"""Messages that stay on people's screens; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A message and the one who sees it."""

    to: str
    message: Message


class Ephemerals:
    """The last ephemeral messages."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], Ephemeral] = {}

    def all(self) -> Sequence[Ephemeral]:
        """Those that are still shown, oldest first."""
        return tuple(self._shown.values())

    def get(self, channel: str, ts: str) -> Ephemeral | None:
        """The ephemeral message with this ts."""
        return self._shown.get((channel, ts))

    def put(self, ephemeral: Ephemeral) -> None:
        """Show one, or another version of it."""
        self._shown[ephemeral.message.channel, ephemeral.message.ts] = ephemeral
        if len(self._shown) > REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def remove(self, message: Message) -> None:
        """Show it no longer."""
        self._shown.pop((message.channel, message.ts), None)
