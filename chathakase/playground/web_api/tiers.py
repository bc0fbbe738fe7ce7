"""Slack's rate limits: a token bucket for every method, and for chat.postMessage one for every channel.

Tiers are 1+, 20+, 50+ and 100+ calls a minute, per method, app and workspace, with "short bursts" above them
(docs.slack.dev/apis/web-api/rate-limits). A burst of 20 was measured for tier 3; those of the others are in proportion.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a minute in the long run, and so many at once after a rest."""

    per_minute: float
    burst: int


class Tier(Enum):
    """How often a method may be called."""

    ONE = Rate(1, 4)
    TWO = Rate(20, 8)
    THREE = Rate(50, 20)
    FOUR = Rate(100, 40)
    STATUS = Rate(600, 60)
    """assistant.threads.setStatus: 600 a minute (its method page)."""
    POST = Rate(300, 100)
    """chat.postMessage in the whole workspace: "several hundred" a minute (its method page)."""
    UNLIMITED = Rate(math.inf, 1)


POST_PER_CHANNEL = Rate(60, 5)
"""chat.postMessage in one channel: one a second, with short bursts."""


class TierBucket:
    """Fills at `rate`, never above its burst; times are seconds of a monotonic clock."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = float(rate.burst)
        self._at = now

    def wait(self, now: float) -> float:
        """The seconds until a call would be let through; 0 for now."""
        if math.isinf(self._rate.per_minute):
            return 0.0
        per_second = self._rate.per_minute / 60
        self._level = min(float(self._rate.burst), self._level + (now - self._at) * per_second)
        self._at = now
        return 0.0 if self._level >= 1 - 1e-9 else (1 - self._level) / per_second

    def take(self) -> None:
        """Count a call that was let through."""
        self._level -= 1


class Limits:
    """Decides whether the app may call a method now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], TierBucket] = {}

    def retry_after(self, method: str, tier: Tier, channel: str = "", app: str = "") -> int:
        """0 if the call is let through, and counted; else Slack's `Retry-After`, in whole seconds and at least 1.

        `channel` matters for chat.postMessage only, and each `app` has limits of its own. A refused call counts against
        nothing.
        """
        now = self._clock()
        buckets = [self._bucket(app, method, "", tier.value, now)]
        if tier is Tier.POST and channel:
            buckets.append(self._bucket(app, method, channel, POST_PER_CHANNEL, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.take()
        return 0

    def _bucket(self, app: str, method: str, channel: str, rate: Rate, now: float) -> TierBucket:
        return self._buckets.setdefault((app, method, channel), TierBucket(rate, now))


class NoLimits(Limits):
    """Lets everything through."""

    def retry_after(self, method: str, tier: Tier, channel: str = "", app: str = "") -> int:  # noqa: ARG002 -- the same signature
        """Always 0."""
        return 0
