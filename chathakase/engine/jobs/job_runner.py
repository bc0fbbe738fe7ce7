"""Owns the jobs that are under way: one task each, and of what one person can cause only so many."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from chathakase.core.errors import StoreError, trace
from chathakase.core.jobs import OFFER_AGAIN, OFFER_WITH_FILES, Command, Interaction, Job
from chathakase.core.types import Place, TurnAction, UserKey, WorkspaceKey
from chathakase.engine.access.admission import Cause
from chathakase.engine.commands import STOP, TELLING
from chathakase.engine.jobs.job_handler import JobHandler

MOST_OF_ONE_PERSON = 20
"""How many commands and interactions of one person are under way at once; what is said of them waits for the surface,
which may take no more than one a second."""

MOST_WITH_URGENT = 2 * MOST_OF_ONE_PERSON
"""The same with what stops an answer and what tells of a refusal, for which there is room of its own."""

log = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)
_Told = tuple[Place, str, str, str]

ONCE = TELLING | {OFFER_AGAIN, OFFER_WITH_FILES, STOP}
"""Commands of which one is done at a time where several are the same."""


class JobRunner:
    """Has jobs done."""

    def __init__(
        self,
        handler: JobHandler,
        *,
        done: Callable[[Job], None],
        again: Callable[[Command], Awaitable[object]],
    ) -> None:
        """``done`` hears of each job that has ended, ``again`` of a command that is to be done after all."""
        self._handler = handler
        self._done = done
        self._again = again
        self._tasks: dict[tuple[WorkspaceKey, str], asyncio.Task[None]] = {}
        """By the job's key."""
        self._telling: Counter[_Told] = Counter()
        """What is being told to whom and where, and which answers are being stopped."""
        self._repeated: dict[_Told, tuple[int, Command]] = {}
        """The newest command that wants what is being told, and when it was said."""
        self._under_way: Counter[UserKey] = Counter()
        """How many commands and interactions of each person are under way."""
        self._stopping = False

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """Those under way."""
        return self._tasks.values()

    def stop_starting(self) -> None:
        """Begin nothing more."""
        self._stopping = True

    @contextmanager
    def counted(self, task: Command | Interaction) -> Iterator[None]:
        """What is to be done counts as under way while the block saves it."""
        self._count(task, 1)
        try:
            yield
        finally:
            self._count(task, -1)

    def is_being_told(self, task: Command | Interaction) -> bool:
        """Whether just that is being done already for the same person in the same thread."""
        return self._telling[_told(task)] > 0

    def repeat(self, command: Command, said: int) -> None:
        """A command wants what is being told; when that is told later than this was ``said``, nothing is left to do.

        To stop an answer is always done after all, since another one may have begun meanwhile.
        """
        known = self._repeated.get(_told(command))
        if known is None or known[0] < said:
            self._repeated[_told(command)] = said, command

    def has_enough(self, cause: Cause, *, urgent: bool = False) -> bool:
        """Whether so much of one person is under way that nothing else is taken, not even what is ``urgent``."""
        most = MOST_WITH_URGENT if urgent else MOST_OF_ONE_PERSON
        return self._under_way[cause.place.user_key(cause.author)] >= most

    def begin(self, job: Job) -> bool:
        """Run a job; False when it is running already, or nothing more is begun."""
        if self._stopping or job.key in self._tasks:
            return False
        self._count(job.task, 1)
        self._tasks[job.key] = asyncio.create_task(self._run(job), name=f"job {job.id}")
        return True

    async def _run(self, job: Job) -> None:
        told_at = 0
        try:
            told_at = await self._handler.do(job)
        except Exception as error:  # noqa: BLE001 - it is held no longer and taken up later
            log.error("A job in %s failed: %s", job.task.place.name, trace(error))
        finally:
            del self._tasks[job.key]
            self._count(job.task, -1)
        self._done(job)
        if isinstance(job.task, Command):
            await self._repeat_if_late(job.task, told_at)

    async def _repeat_if_late(self, command: Command, told_at: int) -> None:
        """Do a command after all that was given when the same had just been told."""
        said, repeated = self._repeated.pop(_told(command), (0, None))
        if repeated is not None and (said >= told_at or command.name == STOP):
            try:
                await self._again(repeated)
            except StoreError as error:
                log.warning("A command in %s could not be repeated: %s", command.place.name, error)

    def _count(self, task: Command | Interaction, change: int) -> None:
        _add(self._under_way, task.where.user_key(task.by), change)
        if _is_done_once(task):
            _add(self._telling, _told(task), change)


def _add(counter: Counter[K], key: K, change: int) -> None:
    counter[key] += change
    if not counter[key]:
        del counter[key]


def _is_done_once(task: Command | Interaction) -> bool:
    """Whether one is done at a time where several are the same; what stops any answer may mean another each time."""
    if isinstance(task, Command):
        return task.name in ONCE
    return task.action is TurnAction.STOP and bool(task.turn)


def _told(task: Command | Interaction) -> _Told:
    what = (task.action, f"{task.turn} {task.run}") if isinstance(task, Interaction) else (task.name, task.argument)
    return task.where, task.by, *what
