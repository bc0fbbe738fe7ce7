"""An event loop whose clock jumps to the next thing that is due, so that hours pass at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    now = 1_000.0

    def __init__(self) -> None:
        super().__init__()
        really_select = self._selector.select  # type: ignore[attr-defined]

        def select(timeout: float | None) -> Any:
            self.now += timeout or 0.0
            return really_select(0)

        self._selector.select = select  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.now


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work)


def now() -> float:
    return asyncio.get_running_loop().time()
