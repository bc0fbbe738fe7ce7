"""Sees when a thread holds the whole of what the model said, in one message or in several, and how it came to that."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.model import FIRST
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import Change, MessageChanged, MessageDeleted, MessagePosted


@dataclass(slots=True)
class WatchedThread:
    """The bot's reply in one thread."""

    whole: float = 0.0
    """Since when all of the answer stands there, in seconds of the performance counter; 0 while it does not."""
    versions: int = 0
    """How often people saw other words of the answer than before."""
    shown: str = ""


class Threads:
    """Watches the bot's replies in all threads, each known by the ts of its root, until `answer` stands there."""

    def __init__(self, workspace: Workspace, answer: str) -> None:
        self.of: defaultdict[str, WatchedThread] = defaultdict(WatchedThread)
        self._world = workspace.world
        self._answer = _squeezed(answer)
        self._bot = workspace.world.app.user_id
        workspace.world.subscribe(self._see)

    def _see(self, change: Change) -> None:
        match change:
            case MessagePosted(message=message) | MessageChanged(message=message) | MessageDeleted(previous=message):
                if message.user == self._bot and message.thread_ts:
                    self._look(self.of[message.thread_ts], message.channel, message.thread_ts)

    def _look(self, thread: WatchedThread, channel: str, root: str) -> None:
        shown = _squeezed("".join(content(message) for message in replies_in(self._world, channel, root)))
        if FIRST in shown and shown != thread.shown:
            thread.versions += 1
        thread.shown = shown
        whole = self._answer in shown
        thread.whole = (thread.whole or time.perf_counter()) if whole else 0.0


def replies_in(world: World, channel: str, root: str) -> Sequence[Message]:
    """What the bot has written in a thread."""
    timeline = world.timeline(channel)
    messages = (timeline.get(ts) for ts in timeline.with_replies(root))
    return [message for message in messages if message is not None and message.user == world.app.user_id]


def replies(workspace: Workspace) -> Counter[str]:
    """How many messages the bot has written in each thread, by the ts of its root."""
    world = workspace.world
    said = (message for each in world.conversations() for message in world.timeline(each.id).messages())
    return Counter(message.thread_ts for message in said if message.user == world.app.user_id and message.thread_ts)


def content(message: Message) -> str:
    """What people read: the Markdown, or else the text."""
    markdown = [block["text"] for block in message.blocks if block["type"] == "markdown"]
    return "".join(markdown) or message.text


def _squeezed(text: str) -> str:
    """Text without its spaces, which may change where an answer is cut into messages."""
    return "".join(text.split())
