"""Tasks that are cancelled: how they are ended, and what must not be left half done when it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from chathakase.core.errors import StoreError

_T = TypeVar("_T")


async def to_the_end(work: Awaitable[_T]) -> _T:
    """Wait for work until it is done; whoever was cancelled meanwhile is so afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()
    raise cancelled


async def or_undone(work: Awaitable[_T], undo: Callable[[_T], Awaitable[object]]) -> _T:
    """Wait for work of whose result somebody must know: if nobody will, since it was cancelled, it is undone.

    That it cannot be undone, since a store refuses, is no matter of whoever was cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        return await to_the_end(task)
    except asyncio.CancelledError:
        if not task.cancelled() and task.exception() is None:
            with suppress(StoreError):
                await to_the_end(undo(task.result()))
        raise


async def end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended. One that fails is reported by the loop."""
    if ending := tuple(tasks):
        for task in ending:
            task.cancel()
        await asyncio.wait(ending)


async def end_soon(tasks: Collection[asyncio.Task[Any]], *, within: float) -> None:
    """Let tasks end by themselves for so many seconds, then cancel those that have not, and wait until all have ended.

    Tasks that begin meanwhile in a collection that grows are cancelled as well.
    """
    if tasks:
        await asyncio.wait(tuple(tasks), timeout=within)
    await end_all(tasks)
