"""Has what is done in the background wait while anybody is answered, but not for long."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WITHIN = 5.0
"""Seconds after which it waits no longer: where many people ask, somebody is always answered."""


class Lull:
    """Knows whether anybody is answered just now."""

    def __init__(self) -> None:
        self._answers = 0
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody is answered until the block ends."""
        self._answers += 1
        self._is_quiet.clear()
        try:
            yield
        finally:
            self._answers -= 1
            if not self._answers:
                self._is_quiet.set()

    async def wait(self) -> None:
        """Wait until nobody is answered, or long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                # Whoever is woken may find that somebody else has asked since.
                while self._answers:
                    await self._is_quiet.wait()
