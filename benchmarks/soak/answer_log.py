"""The log of a soak: what was asked in which thread, whether it was answered, once, and how soon.

A thread is looked at a last time a while after its end, so that a second answer would be seen, and then forgotten, in
the workspace as well: a soak must not grow itself.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.marks import Marks, read
from benchmarks.soak.question_kinds import QuestionKind
from benchmarks.watched_threads import content, replies_in
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.playground.world.world_changes import Change, MessageChanged, MessagePosted

LATE = 60.0
"""Seconds beyond the model's own after which an answer is late: twice the longest chain of faults, which is a post
that hangs, a look for it, and the post again."""
SETTLED_WITHIN = 180.0
LINGER = 45.0
"""Seconds for which a thread is kept after its end: whatever Slack lost is tried again by then."""
WARNING, STOPPED = "⚠️", "⏹️"


@dataclass(slots=True)
class AskedQuestion:
    """One question."""

    number: int
    name: str
    kind: QuestionKind
    person: PersonClient
    text: str
    at: float = 0.0
    """When it was asked, in seconds of the performance counter."""
    ts: str = ""
    alone: bool = True
    """Whether nothing else was asked in its thread at the same time."""


@dataclass(slots=True)
class SoakThread:
    """One thread, with what was asked in it."""

    channel: str
    root: str = ""
    asked: list[AskedQuestion] = field(default_factory=list)
    is_command: bool = False
    """It holds a command and its answer, and nothing else."""


@dataclass(slots=True)
class PartLog:
    """What is noted in one part of a soak."""

    asked: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds beyond the model's own until each answer was whole, of questions that were asked alone."""
    late: int = 0
    wrong: int = 0
    """Questions and commands that were not answered exactly once."""
    warned: int = 0
    """Threads that end with an error of which nobody was to see anything."""


class AnswerLog:
    """Watches the bot's answers in a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.parts = [PartLog()]
        self.oddities: list[str] = []
        """What was not as it should be, without anybody's words."""
        self._world = workspace.world
        self._stirred: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._closing: set[asyncio.Task[None]] = set()
        self._count = 0
        workspace.world.subscribe(self._see)

    @property
    def part(self) -> PartLog:
        """The log of the present part."""
        return self.parts[-1]

    def begin_part(self) -> None:
        """Begin a new part."""
        self.parts.append(PartLog())

    def next_number(self) -> int:
        """A number for a new question."""
        self._count += 1
        self.part.asked += 1
        return self._count

    def replies(self, thread: SoakThread) -> list[Message]:
        """The bot's messages in a thread."""
        return list(replies_in(self._world, thread.channel, thread.root))

    def text(self, thread: SoakThread) -> str:
        """All that the bot has written in a thread."""
        return "\n".join(map(content, self.replies(thread)))

    async def see(self, thread: SoakThread, condition: Callable[[], object], within: float = SETTLED_WITHIN) -> bool:
        """Wait for something in a thread; False when it does not come."""
        stirred = self._stirred[thread.root]
        try:
            async with asyncio.timeout(within):
                while not condition():
                    stirred.clear()
                    await stirred.wait()
        except TimeoutError:
            return False
        return True

    async def settle(self, thread: SoakThread, asked: AskedQuestion) -> None:
        """Wait until a question is answered, or was stopped, and note how long that took."""
        if asked.kind.stopped:
            await self.see(thread, lambda: self._is_well(asked, self._marks(thread), self.text(thread)))
            return
        await self.see(thread, lambda: self._marks(thread).ended[asked.number])
        wait = time.perf_counter() - asked.at - asked.kind.seconds
        if asked.alone and not asked.kind.fails:
            self.part.waits.append(wait)
        self.part.late += wait > LATE + asked.kind.seconds * asked.kind.fails

    def close(self, thread: SoakThread) -> None:
        """Look at a thread a last time, some time after this, and forget it."""
        task = asyncio.create_task(self._close(thread), name=f"closing of {thread.root}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def closed(self) -> None:
        """Wait until all that is to be closed is closed."""
        while self._closing:
            await asyncio.wait(self._closing)

    async def _close(self, thread: SoakThread) -> None:
        await asyncio.sleep(LINGER)
        self._judge(thread)
        self._stirred.pop(thread.root, None)
        timeline = self._world.timeline(thread.channel)
        for ts in reversed(timeline.with_replies(thread.root)):
            if timeline.get(ts) is not None:
                timeline.remove(ts)

    def _judge(self, thread: SoakThread) -> None:
        marks, text, replies = self._marks(thread), self.text(thread), self.replies(thread)
        if WARNING in text:
            self.part.warned += 1
            self.oddities.append(f"{thread.root}: ends with an error")
        if thread.is_command and len(replies) != 1:
            self.part.wrong += 1
            self.oddities.append(f"{thread.root}: {len(replies)} answers to a command")
        for asked in thread.asked:
            if not self._is_well(asked, marks, text):
                self.part.wrong += 1
                found = f"{marks.begun[asked.number]} beginnings, {marks.ended[asked.number]} ends"
                self.oddities.append(f"{thread.root}: question {asked.number} ({asked.name}): {found}")

    def _marks(self, thread: SoakThread) -> Marks:
        return read(self.replies(thread))

    def _is_well(self, asked: AskedQuestion, marks: Marks, text: str) -> bool:
        if asked.kind.stopped and STOPPED in text:
            return marks.begun[asked.number] <= 1
        return marks.is_answered(asked.number)

    def _see(self, change: Change) -> None:
        if not isinstance(change, MessagePosted | MessageChanged):
            return
        if (stirred := self._stirred.get(change.message.thread_ts or "")) is not None:
            stirred.set()
