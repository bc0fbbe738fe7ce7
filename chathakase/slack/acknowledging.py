"""Acknowledges what people press and choose, for which Slack waits three seconds."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from chathakase.core.errors import StoreError, trace
from chathakase.slack.fields import Malformed

REFUSED = "chathakase_refused"
"""Set in Bolt's context when an interaction could not be stored, so that it must not be acknowledged."""

log = logging.getLogger(__name__)


async def taken(what: str, store: Callable[[], Awaitable[None]], context: AsyncBoltContext, ack: AsyncAck) -> bool:
    """Store an interaction, then acknowledge it; whether both was done. Slack tells people of what is not."""
    try:
        await store()
    except Malformed as error:
        log.warning("%s has a malformed field: %s", what, error)
    except StoreError as error:
        context[REFUSED] = True
        log.error("%s could not be stored: %s", what, error)
        return False
    except Exception as error:  # noqa: BLE001 - the next delivery of the same would fail alike
        log.error("%s could not be handled: %s", what, trace(error))
    await ack()
    return True
