"""Makes calls of the Web API as often as Slack allows: what is urgent until it is done, the rest once.

Which errors pass and which are for good is told by the methods' own pages, for instance
https://docs.slack.dev/reference/methods/chat.update.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import DeliveryError
from chathakase.core.retrying import Retries, RetryPolicy
from chathakase.slack.web.call_errors import ODD, failure_of
from chathakase.slack.web.rate_limiter import Priority, RateLimiter

URGENT = RetryPolicy(first_wait=0.5, factor=2, longest_wait=30.0, within=3600.0)
"""How an urgent call is tried again, as long as the failure is of a kind that passes."""

MOST_ODD = 4
"""How often an answer that is none of Slack's is borne before it is taken for this server's way."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class CallRetries(Retries):
    """The retries of an urgent call."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(URGENT, clock)
        self._odd = 0

    def are_over_after(self, code: str) -> bool:
        """Whether a failure with this code is to be taken for good."""
        self._odd += code in ODD
        return self._odd >= MOST_ODD or self.are_over

    async def pause(self) -> None:
        """Wait before the next one."""
        await asyncio.sleep(self.next_wait())


class Calls:
    """Every write to Slack goes through here."""

    def __init__(
        self,
        client: AsyncWebClient,
        rate_limiter: RateLimiter,
        clock: Callable[[], float],
        *,
        whose: str = "",
        at_best: Priority = Priority.FINAL,
    ) -> None:
        self.client = client
        self.rate_limiter = rate_limiter
        self._clock = clock
        self._whose = whose
        self._at_best = at_best

    def of(self, whose: str, *, at_best: Priority = Priority.FINAL) -> "Calls":
        """The calls that are made for one person, none of them more urgent than ``at_best``."""
        return Calls(self.client, self.rate_limiter, self._clock, whose=whose, at_best=at_best)

    def retries(self) -> CallRetries:
        """The retries of a call that is begun now."""
        return CallRetries(self._clock)

    async def send(
        self,
        method: str,
        body: Mapping[str, Any],
        *,
        priority: Priority,
        channel: str = "",
        repeatable: bool = True,
    ) -> Mapping[str, Any]:
        """Make a call whose arguments go as JSON; returns Slack's answer. Raises DeliveryError like ``make``."""

        async def attempt() -> Mapping[str, Any]:
            answer = (await self.client.api_call(method, json=dict(body))).data
            return answer if isinstance(answer, dict) else {}

        return await self.make(method, attempt, priority=priority, channel=channel, repeatable=repeatable)

    async def make(
        self,
        method: str,
        attempt: Callable[[], Awaitable[T]],
        *,
        priority: Priority,
        channel: str = "",
        repeatable: bool = True,
    ) -> T:
        """Make a call when it is its turn: what is urgent again and again, what is not only if there is room now.

        Raises DeliveryError. An ``unsure`` one is raised at once, also for an urgent call, if that is not
        ``repeatable``: it may have been carried out, which must be found out before it is made again.
        """
        priority = max(priority, self._at_best)
        retries, urgent = self.retries(), priority < Priority.INTERIM
        while True:
            if not urgent and self.rate_limiter.delay(method, channel, priority=priority) > 0:
                raise DeliveryError("busy", passes=True)
            await self.rate_limiter.acquire(method, channel, priority=priority, whose=self._whose)
            try:
                return await attempt()
            except Exception as error:  # noqa: BLE001 - slack_sdk fails in many ways on answers that are not Slack's
                failure = failure_of(error)
            if failure.retry_after is not None:
                self.rate_limiter.refused(method, channel, retry_after=failure.retry_after)
            doubtful = failure.unsure and not repeatable
            if doubtful or not urgent:
                raise DeliveryError(failure.code, passes=failure.passes, unsure=doubtful)
            if not failure.passes or retries.are_over_after(failure.code):
                raise DeliveryError(failure.code)
            log.info("%s failed (%s), trying again", method, failure.code)
            if failure.retry_after is None:
                await retries.pause()
