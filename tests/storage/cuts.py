"""Cancels a task at a chosen one of the moments at which it waits, which a clock cannot hit."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Manner(StrEnum):
    """When the cancel comes, seen from the task."""

    WAITING = "waiting"
    """While it waits, and nothing has come of that yet."""
    WAKING = "waking"
    """When what it waits for has come, and it has not heard of that yet."""
    AGAIN = "again"
    """While it waits, and again each time that it waits after that."""


class Steps(Generic[T]):
    """Work that counts how often it waits, and has its own task cancelled at one of these moments, from 1 on."""

    def __init__(self, work: Awaitable[T], step: int, manner: Manner) -> None:
        self._work = work
        self._step = step
        self._manner = manner
        self.waits = 0

    def __await__(self) -> Generator[Any, Any, T]:
        work = self._work.__await__()
        resume: Callable[[], Any] = lambda: next(work)  # noqa: E731 - replaced at each step
        while True:
            try:
                awaited = resume()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            self.waits += 1
            if self.waits == self._step or (self.waits > self._step and self._manner is Manner.AGAIN):
                self._cancel(awaited)
            resume = yield from _waited(work, awaited)

    def _cancel(self, awaited: asyncio.Future[Any] | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        cancel = task.cancel
        if self._manner is Manner.WAKING and awaited is not None:
            awaited.add_done_callback(lambda _: cancel())
        else:
            asyncio.get_running_loop().call_soon(cancel)


def _waited(
    work: Generator[Any, Any, Any], awaited: asyncio.Future[Any] | None
) -> Generator[Any, Any, Callable[[], Any]]:
    """Wait, and tell how to go on."""
    try:
        value = yield awaited
    except BaseException as error:  # noqa: BLE001 - handed on
        thrown = error
        return lambda: work.throw(thrown)
    return lambda: work.send(value)


async def cut(work: Coroutine[Any, Any, T], step: int, manner: Manner = Manner.WAITING) -> tuple[asyncio.Task[T], int]:
    """Run work in a task of its own, cancelled at a step (0: before it begins); returns the task and its waits."""
    steps = Steps(work, step, manner)

    async def run() -> T:
        return await steps

    task = asyncio.create_task(run())
    if step == 0:
        task.cancel()
    await asyncio.wait((task,))
    if not steps.waits:
        work.close()
    return task, steps.waits
