"""The desk is cleared after each test: nothing waits any more, and no call is kept for anybody."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.slack.replies.desk import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    opened = Desk()
    yield opened
    await opened.statuses.close()
    kept = {key: gate.buckets[0] for key, gate in opened.rate_limiter._gates.items()}
    assert not {key: bucket for key, bucket in kept.items() if bucket.reserved or bucket.wanted}
    assert len(asyncio.all_tasks()) == 1
