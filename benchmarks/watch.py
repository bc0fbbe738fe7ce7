"""Sees, from within the workspace, when an event goes out and when people can read what."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from benchmarks.model import FIRST, LAST
from chathakase.playground.journal import ApiCall, Entry, EnvelopeSent
from chathakase.playground.server import Workspace
from chathakase.playground.world.world_changes import Change, MessageChanged, MessagePosted


@dataclass(slots=True)
class TurnTimes:
    """The moments of one turn, in seconds of the performance counter."""

    sent: float = 0.0
    """The event went out to the bot."""
    first: float = 0.0
    """The model's first words could be read."""
    last: float = 0.0
    """Its last words could be read."""
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    """The whole answer can be read."""


class Watch:
    """Watches one workspace; threads are known by the ts of their root."""

    def __init__(self, workspace: Workspace) -> None:
        self.turns: defaultdict[str, TurnTimes] = defaultdict(TurnTimes)
        self.calls: Counter[str] = Counter()
        """The bot's Web API calls by method."""
        self.limited: Counter[str] = Counter()
        """Those of them that were refused with 429."""
        self.called = 0.0
        """When the bot's last call was answered."""
        self.envelopes = 0
        self._bot = workspace.world.app.user_id
        workspace.world.subscribe(self._see)
        workspace.journal.subscribe(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, EnvelopeSent):
            self.envelopes += 1
            turn = self.turns[str(entry.event.get("ts"))]
            turn.sent = turn.sent or time.perf_counter()
        elif isinstance(entry, ApiCall) and entry.caller == self._bot:
            self.called = time.perf_counter()
            self.calls[entry.method] += 1
            if entry.status == 429:
                self.limited[entry.method] += 1

    def _see(self, change: Change) -> None:
        if not isinstance(change, MessagePosted | MessageChanged) or change.message.user != self._bot:
            return
        turn, text = self.turns[change.message.thread_ts or ""], change.message.text
        if FIRST in text:
            turn.first = turn.first or time.perf_counter()
        if LAST in text:
            turn.last = turn.last or time.perf_counter()
            turn.whole.set()
