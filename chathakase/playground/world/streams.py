"""The native streams that are open, and how those of late have ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from chathakase.playground.web_api_error import SlackError

StreamEnd: TypeAlias = Literal["finished", "expired", "stopped"]
TaskMode: TypeAlias = Literal["timeline", "plan"]

REMEMBERED = 1_000
"""Ended streams whose end is remembered."""


@dataclass(frozen=True, slots=True)
class NativeStream:
    """An open stream: the message it grows, how it shows tasks, and its length so far in characters and bytes."""

    channel: str
    ts: str
    thread_ts: str
    mode: TaskMode
    length: int = 0
    size: int = 0


@dataclass(slots=True)
class NativeStreams:
    """All streams; one lives `seconds` from its start, whatever is appended.

    It takes `text_most` characters and `bytes_most` bytes of UTF-8. None of this is documented: about five minutes were
    measured in python-slack-sdk#1859 and node-slack-sdk#2702, about 12,000 characters in CopilotKit#6063, and 10.6 to
    11.3 kB in openclaw#143882.
    """

    seconds: float = 300.0
    text_most: int = 12_000
    bytes_most: int = 11_300
    _open: dict[tuple[str, str], NativeStream] = field(default_factory=dict)
    _ended: dict[tuple[str, str], StreamEnd] = field(default_factory=dict)

    def all(self) -> tuple[NativeStream, ...]:
        """The open ones."""
        return tuple(self._open.values())

    def within(self, channel: str, thread_ts: str) -> tuple[NativeStream, ...]:
        """The open ones of a thread."""
        return tuple(each for each in self._open.values() if (each.channel, each.thread_ts) == (channel, thread_ts))

    def get(self, channel: str, ts: str) -> NativeStream | None:
        """The open stream of a message."""
        return self._open.get((channel, ts))

    def expect(self, channel: str, ts: str) -> NativeStream:
        """The open stream of a message; `stopped_by_user` or `message_not_in_streaming_state`."""
        stream = self.get(channel, ts)
        if stream is not None:
            return stream
        stopped = self._ended.get((channel, ts)) == "stopped"
        raise SlackError("stopped_by_user" if stopped else "message_not_in_streaming_state")

    def put(self, stream: NativeStream) -> None:
        """Open a stream, or put its new version in its place."""
        self._open[stream.channel, stream.ts] = stream

    def end(self, stream: NativeStream, how: StreamEnd) -> bool:
        """End a stream; False if it has ended already."""
        key = (stream.channel, stream.ts)
        if self._open.pop(key, None) is None:
            return False
        self._ended[key] = how
        if len(self._ended) > REMEMBERED:
            del self._ended[next(iter(self._ended))]
        return True
