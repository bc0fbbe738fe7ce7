"""Work that is cut short leaves nothing behind of which the loop would have to tell."""

import asyncio
import gc
from typing import Any

import pytest

from chathakase.core.errors import NothingAsked
from chathakase.engine.turns.turn_runner import _unless


@pytest.mark.parametrize("when", ["as it is cancelled", "at the same moment"])
async def test_nobody_misses_how_work_failed_whose_turn_is_cancelled(when: str) -> None:
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: unheard.append(about))
    fails = asyncio.Event()

    async def work() -> None:
        try:
            await fails.wait()
        finally:
            raise NothingAsked

    turn = asyncio.create_task(_unless((asyncio.Event(),), work()))
    await asyncio.sleep(0.01)
    if when == "at the same moment":
        fails.set()
        await asyncio.sleep(0)
    turn.cancel()
    await asyncio.wait((turn,))
    assert turn.cancelled()
    del turn
    gc.collect()
    assert not unheard
