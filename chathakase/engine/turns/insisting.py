"""Saves what people have read already, however long the database refuses."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chathakase.cancellation import to_the_end
from chathakase.clock import monotonic
from chathakase.core.errors import StoreError
from chathakase.core.retrying import RetryPolicy

SAVING = RetryPolicy(first_wait=2.0)
"""How it is tried again."""

log = logging.getLogger(__name__)
_T = TypeVar("_T")


async def insist(save: Callable[[], Awaitable[_T]], what: str) -> _T:
    """Save something, and tell the log what is not saved yet. Cancelled, it leaves no try half done."""
    retries = SAVING.begin(monotonic)
    while True:
        try:
            return await to_the_end(save())
        except StoreError as error:
            log.error("%s is not saved yet: %s", what, error)
        await asyncio.sleep(retries.next_wait())
