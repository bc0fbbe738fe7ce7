"""In virtual time hours pass at once, and exactly."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter

import pytest

from chathakase.clock import monotonic

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def began() -> AsyncIterator[float]:
    """When a fixture began, by the same clock as the test."""
    yield monotonic()
    assert monotonic() == 86_400.3


async def test_a_day_passes_at_once_and_to_the_microsecond(began: float) -> None:
    real = perf_counter()
    await asyncio.sleep(0.1)
    await asyncio.sleep(0.2)
    assert (began, monotonic()) == (0.0, 0.3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(86_400):
            await asyncio.Event().wait()
    assert monotonic() == 86_400.3
    assert perf_counter() - real < 60


async def test_whoever_waits_for_what_never_comes_is_told_at_once() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.Event().wait()
