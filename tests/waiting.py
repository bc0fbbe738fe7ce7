"""Where a task waits."""

import asyncio
from collections.abc import Iterator
from types import CodeType
from typing import Any


def waiting_in(task: asyncio.Task[Any]) -> Iterator[CodeType]:
    """What a task waits in, the outermost first."""
    work: Any = task.get_coro()
    while code := getattr(work, "cr_code", None) or getattr(work, "ag_code", None):
        yield code
        work = getattr(work, "cr_await", None) or getattr(work, "ag_await", None)
