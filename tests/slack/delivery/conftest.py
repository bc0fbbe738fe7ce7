"""The desk is cleared after each test: nothing waits any more, and no call is kept for anybody."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.slack.delivery.desk import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    opened = Desk()
    yield opened
    await opened.statuses.close()
    kept = {key: gate.buckets[0] for key, gate in opened.pace._gates.items()}
    assert not {key: bucket for key, bucket in kept.items() if bucket.promised or bucket.wanted}
    assert len(asyncio.all_tasks()) == 1
