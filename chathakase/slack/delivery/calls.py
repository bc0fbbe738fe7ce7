"""Makes calls of the Web API at the pace that Slack allows: what is urgent until it is done, the rest once.

Which errors pass and which are for good is told by the methods' own pages, for instance
https://docs.slack.dev/reference/methods/chat.update.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import DeliveryError
from chathakase.slack.connection.trouble import trouble_of
from chathakase.slack.delivery.pace import Pace, Urgency

PERSISTENCE = 3600.0
"""Seconds for which an urgent call is tried again, as long as the trouble is of a kind that passes."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)
T = TypeVar("T")


class Calls:
    """Every write to Slack goes through here."""

    def __init__(self, client: AsyncWebClient, pace: Pace, clock: Callable[[], float]) -> None:
        self.client = client
        self.pace = pace
        self._clock = clock

    async def make(
        self,
        method: str,
        attempt: Callable[[], Awaitable[T]],
        *,
        urgency: Urgency,
        channel: str = "",
        repeatable: bool = True,
    ) -> T:
        """Make a call when it is its turn: what is urgent again and again, what is not only if there is room now.

        Raises DeliveryError. An ``unsure`` one is raised at once, also for an urgent call, if that is not
        ``repeatable``: it may have been carried out, which must be found out before it is made again.
        """
        until, pause = self._clock() + PERSISTENCE, FIRST_PAUSE
        urgent = urgency < Urgency.INTERIM
        tries = 0
        while True:
            tries += 1
            if not urgent and self.pace.delay(method, channel, urgency=urgency) > 0:
                raise DeliveryError("busy", passes=True)
            await self.pace.turn(method, channel, urgency=urgency)
            try:
                return await attempt()
            except Exception as error:  # noqa: BLE001 - slack_sdk fails in many ways on answers that are not Slack's
                trouble = trouble_of(error)
            if trouble.retry_after is not None:
                self.pace.refused(method, channel, retry_after=trouble.retry_after)
            passes = trouble.passes and tries != trouble.tries
            doubtful = trouble.unsure and not repeatable
            if doubtful or not urgent or not passes or self._clock() > until:
                raise DeliveryError(trouble.code, passes=passes, unsure=doubtful)
            log.info("%s failed (%s), trying again", method, trouble.code)
            if trouble.retry_after is None:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
