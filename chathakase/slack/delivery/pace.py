"""When the next call of a Web API method may go out, so that Slack need not refuse it.

Slack counts per method and workspace: tier 3 (``chat.update``) allows about 50 calls a minute, and
``chat.postMessage`` about one a second in each channel
(https://docs.slack.dev/apis/web-api/rate-limits).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a method may be called."""

    burst: float
    """Calls that may go out at once after a pause."""
    per_second: float
    reserve: float = 0.0
    """Calls kept back for final texts."""


LIMITS: Mapping[str, Limit] = {
    "chat.update": Limit(burst=18, per_second=50 / 60, reserve=6),
    "chat.postMessage": Limit(burst=3, per_second=1.0, reserve=1),
    "chat.delete": Limit(burst=18, per_second=50 / 60),
    "conversations.replies": Limit(burst=18, per_second=50 / 60),
}


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    """When the tokens were last counted; in the future while Slack has told us to wait."""


class Pace:
    """Token buckets, one for each method and key (``chat.postMessage`` is counted by channel)."""

    def __init__(self, clock: Callable[[], float], limits: Mapping[str, Limit] = LIMITS) -> None:
        """``clock`` tells seconds that never run backwards."""
        self._clock = clock
        self._limits = limits
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def delay(self, method: str, key: str = "", *, final: bool) -> float:
        """Seconds until the method may be called; only final texts may use up the reserve."""
        limit, bucket = self._limits[method], self._bucket(method, key)
        needed = 1.0 if final else 1.0 + limit.reserve
        resting = max(bucket.at - self._clock(), 0.0)
        return resting + max(needed - bucket.tokens, 0.0) / limit.per_second

    async def turn(self, method: str, key: str = "", *, final: bool) -> None:
        """Wait until the method may be called, and count the call."""
        while (delay := self.delay(method, key, final=final)) > 0:
            await asyncio.sleep(delay)
        self._bucket(method, key).tokens -= 1

    def refused(self, method: str, key: str, *, retry_after: float) -> None:
        """Slack has refused a call and says how many seconds to wait."""
        bucket = self._bucket(method, key)
        bucket.tokens = 1.0
        bucket.at = max(bucket.at, self._clock() + retry_after)

    def _bucket(self, method: str, key: str) -> _Bucket:
        """The bucket, filled up to now."""
        now, limit = self._clock(), self._limits[method]
        bucket = self._buckets.get((method, key))
        if bucket is None:
            self._forget_full(now)
            bucket = self._buckets[method, key] = _Bucket(limit.burst, now)
        elif now > bucket.at:
            bucket.tokens = min(limit.burst, bucket.tokens + (now - bucket.at) * limit.per_second)
            bucket.at = now
        return bucket

    def _forget_full(self, now: float) -> None:
        """Drop the buckets of channels that were quiet long enough to be full again."""
        for (method, key), bucket in list(self._buckets.items()):
            limit = self._limits[method]
            if bucket.tokens + (now - bucket.at) * limit.per_second >= limit.burst:
                del self._buckets[method, key]
