"""The messages of one conversation: what stands in the channel, and its threads, both in the order of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chathakase.playground.world.message_ts import micros
from chathakase.playground.world.values import Message


@dataclass(slots=True)
class ReplyThread:
    """The replies to one root; `users` counts the replies of each user, in the order of their first reply."""

    replies: list[str] = field(default_factory=list)
    users: Counter[str] = field(default_factory=Counter)


class Timeline:
    """The messages of one conversation; every change costs the same, however long the history is."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._main: list[str] = []
        self._threads: dict[str, ReplyThread] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def get(self, ts: str) -> Message | None:
        """The message with this ts, a reply or not."""
        return self._messages.get(ts)

    def messages(self) -> Sequence[Message]:
        """All messages, replies included, oldest first."""
        return tuple(self._messages.values())

    def thread(self, root_ts: str) -> ReplyThread | None:
        """The replies to a root, or None where nobody has replied."""
        return self._threads.get(root_ts)

    def main(self) -> Sequence[str]:
        """The ts of what stands in the channel itself: roots and broadcast replies, oldest first."""
        return self._main

    def with_replies(self, root_ts: str) -> Sequence[str]:
        """The ts of a root and of its replies, oldest first."""
        thread = self._threads.get(root_ts)
        return [root_ts, *thread.replies] if thread else [root_ts]

    def put(self, message: Message) -> None:
        """Add a message, or put a new version of it in the place of the old one."""
        known = message.ts in self._messages
        self._messages[message.ts] = message
        if known:
            return
        if message.thread_ts is not None:
            thread = self._threads.setdefault(message.thread_ts, ReplyThread())
            insort(thread.replies, message.ts)
            thread.users[message.user] += 1
        if message.thread_ts is None or message.broadcast:
            insort(self._main, message.ts)

    def remove(self, ts: str) -> None:
        """Take a message out, and a reply out of its thread; KeyError if there is none."""
        message = self._messages.pop(ts)
        if message.thread_ts is None or message.broadcast:
            del self._main[bisect_left(self._main, ts)]
        if message.thread_ts is None:
            return
        thread = self._threads[message.thread_ts]
        del thread.replies[bisect_left(thread.replies, ts)]
        thread.users[message.user] -= 1
        if not thread.users[message.user]:
            del thread.users[message.user]
        if not thread.replies:
            del self._threads[message.thread_ts]


def between(sequence: Sequence[str], oldest: str, latest: str | None, *, inclusive: bool) -> tuple[int, int]:
    """The slice of a sorted sequence of ts that lies between two bounds; ValueError for a bound that is none."""
    before, after = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
    start = before(sequence, micros(oldest), key=micros)
    stop = len(sequence) if latest is None else after(sequence, micros(latest), key=micros)
    return start, max(start, stop)
