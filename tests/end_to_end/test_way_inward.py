"""What somebody says passes through few hands before it is stored, each of which does something with it."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

import chathakase
from chathakase.core.types import Incoming, Saved
from chathakase.storage.stores.session_store import SqlSessionStore
from tests.end_to_end.conftest import OpenBot, Thread
from tests.waiting import waiting_in

MOST = 11
"""Coroutines of ours that wait for a message to be stored, from its envelope on."""

PACKAGE = Path(chathakase.__file__).parent


def running() -> Iterator[CodeType]:
    """The coroutines that run now, each for the one before, the innermost first."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_flags & inspect.CO_COROUTINE:
            yield frame.f_code
        frame = frame.f_back


def way_here() -> list[str]:
    """Our coroutines that wait for the one that runs now, also in tasks that wait for its task; the outermost first."""
    way = [*running()][::-1]
    inner = asyncio.current_task()
    while outer := next((task for task in asyncio.all_tasks() if getattr(task, "_fut_waiter", None) is inner), None):
        way = [*waiting_in(outer), *way]
        inner = outer
    return [code.co_qualname for code in way if PACKAGE in Path(code.co_filename).parents]


async def test_a_message_passes_through_few_hands(
    open_the_bot: OpenBot, start: Callable[..., Awaitable[Thread]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[list[str]] = []
    append = SqlSessionStore.append

    async def watched(sessions: SqlSessionStore, incoming: Incoming, **more: Any) -> Saved:
        ways.append(way_here())
        return await append(sessions, incoming, **more)

    monkeypatch.setattr(SqlSessionStore, "append", watched)
    async with open_the_bot():
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await thread.say("go on")
        await thread.answers(2)
    assert len(ways) >= 2
    for way in ways:
        assert [way[0], way[-1]] == ["Envelopes._handle", "MessageSaver.save"]
        assert "Intake.take_in" in way
        assert len(way) <= MOST, "\n".join(way)
