"""When the next call of a Web API method may go out, so that Slack need not refuse it, and whose call that is."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from chathakase.core.fairness import FairQueue
from chathakase.slack.web.rate_limits import LIMITS, POST, WORKSPACE, Limit

LIVELY = 1.0
"""Seconds between two interim texts of one reply, as long as the budget lasts."""
SPENT_OVER = 10.0
"""Seconds over which interim texts spend what a burst leaves above the long run's rate."""
DISTRUST = 0.5
"""What is left of our belief in a method's burst and rate after a refusal: Slack's own are smaller."""
LEAST = 0.125
"""What is always left of it."""
ROUNDING = 1e-6
"""Part of a call that may be missing, and seconds that are not waited for: sums of times and rates are seldom exact."""
RECOVERY = 120.0
"""Seconds without a refusal after which what is left is doubled again."""


class Priority(IntEnum):
    """Who goes first when several calls of one method wait."""

    FINAL = 0
    STOP = 1
    ERROR = 2
    COMMAND = 3
    """The answer to a command, of which anybody can cause many: it leaves the method's reserve to those above."""
    BACKGROUND = 4
    """What nobody waits for: it leaves as much."""
    INTERIM = 5
    """Goes only if there is room now, and never into what is held back for those above."""
    STATUS = 6


@dataclass(slots=True)
class TokenBucket:
    """The calls of one method that may go out: filled at the limit's rate, never above its burst."""

    limit: Limit
    tokens: float
    at: float
    """When the tokens were last counted; in the future while Slack has told us to wait."""
    belief: float = 1.0
    """Which part of the limit we believe in."""
    refused_at: float = 0.0
    reserved: int = 0
    """Calls that are reserved for messages which need one more each."""
    wanted: int = 0
    """How many more would like a reservation: first texts go before further edits."""

    @property
    def burst(self) -> float:
        """What we believe of Slack's own burst."""
        return max(self.limit.burst * self.belief, 1.0)

    @property
    def per_second(self) -> float:
        """What we believe of Slack's own rate."""
        return self.limit.per_second * self.belief

    @property
    def reserve(self) -> float:
        """What is held back of such a burst for final texts."""
        return self.limit.reserve * self.belief

    def fill(self, now: float) -> None:
        """Count what has come in until now."""
        if self.belief < 1.0 and now - self.refused_at > RECOVERY:
            self.belief, self.refused_at = min(self.belief / DISTRUST, 1.0), now
        if now > self.at:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_second)
            self.at = now

    def pause(self, now: float, seconds: float) -> None:
        """Slack has refused a call: wait for as long as it says, and believe in less from then on."""
        if now >= self.at:
            # Of several calls that are refused together, only the first teaches something.
            self.belief = max(self.belief * DISTRUST, LEAST)
        self.tokens = 1.0
        self.at = max(self.at, now + seconds)
        self.refused_at = self.at

    def delay(self, now: float, held_back: float) -> float:
        """Seconds until a call may go out that leaves so many calls to others."""
        self.fill(now)
        missing = max(1.0 + held_back - self.tokens, 0.0)
        wait = max(self.at - now, 0.0) + missing / self.per_second
        return wait if wait > ROUNDING else 0.0

    def held_back(self, priority: Priority) -> float:
        """How many calls one of this priority must leave to more urgent ones."""
        if priority < Priority.COMMAND:
            return 0.0
        if priority < Priority.INTERIM:
            return min(self.reserve, self.burst - 1)
        # Nothing is kept for those who wait for a reservation that nobody can have.
        wanted = self.wanted if self.has_another else 0
        return max(self.reserve, self.reserved + wanted) + (priority - Priority.INTERIM)

    @property
    def has_another(self) -> bool:
        """Whether one more call could be reserved if the bucket were full."""
        return self.reserved + 1 <= max(self.burst - self.limit.unreserved, 1.0)

    def is_full(self, now: float) -> bool:
        """Whether nothing would be lost by forgetting it."""
        self.fill(now)
        return self.tokens >= self.limit.burst and not self.reserved and not self.wanted


@dataclass(slots=True)
class Gate:
    """Where calls of one method (and for posts, to one channel) wait for their turn."""

    buckets: tuple[TokenBucket, ...]
    waiting: FairQueue[asyncio.Future[None]] = field(default_factory=lambda: FairQueue(asyncio.Future.done))
    timer: asyncio.TimerHandle | None = None

    def count(self, calls: int) -> None:
        """So many calls are made, or less than were counted."""
        for bucket in self.buckets:
            bucket.tokens -= calls


class RateLimiter:
    """The outbound scheduler of a workspace.

    Final texts, stops, errors, answers to commands and what nobody waits for wait in that order, fairly by person.
    Interim texts and statuses never wait in line: whoever has one asks for the delay and comes again with the newest
    text.
    """

    def __init__(self, clock: Callable[[], float], limits: Mapping[str, Limit] = LIMITS) -> None:
        """``clock`` tells seconds that never run backwards, as the event loop's."""
        self._clock = clock
        self._limits = limits
        self._gates: dict[tuple[str, str], Gate] = {}
        self._workspace = self._bucket(WORKSPACE)

    def delay(self, method: str, channel: str = "", *, priority: Priority) -> float:
        """Seconds until a call of this priority may go out, if nobody comes first."""
        gate = self._gate(method, channel)
        now = self._clock()
        wait = max(bucket.delay(now, bucket.held_back(priority)) for bucket in gate.buckets)
        if gate.waiting and priority >= Priority.INTERIM:
            return max(wait, (len(gate.waiting) + 1) / gate.buckets[0].per_second)
        return wait

    async def acquire(self, method: str, channel: str = "", *, priority: Priority, whose: str = "") -> None:
        """Wait until the method may be called, and count the call; ``whose`` is the person for whom it is made."""
        gate = self._gate(method, channel)
        grant = asyncio.get_running_loop().create_future()
        gate.waiting.push(grant, rank=priority, whose=whose)
        self._serve(gate)
        try:
            await grant
        except asyncio.CancelledError:
            if not grant.cancelled():
                # Its turn had come: the call that was counted is not made.
                gate.count(-1)
            self._serve(gate)
            raise

    def refused(self, method: str, channel: str, *, retry_after: float) -> None:
        """Slack has refused a call and says how many seconds to wait: believe it, and be slower for a while."""
        # Of a channel's limit and the workspace's, it was the one that had less left.
        bucket = min(self._gate(method, channel).buckets, key=lambda each: each.tokens / each.burst)
        bucket.pause(self._clock(), retry_after)

    def try_reserve(self, method: str) -> bool:
        """Reserve one more call of a method for something that must follow; False when there is none to reserve."""
        bucket = self._gate(method, "").buckets[0]
        bucket.fill(self._clock())
        is_there = bucket.tokens + ROUNDING >= bucket.reserved + 1 and bucket.at <= self._clock()
        if not (is_there and bucket.has_another):
            return False
        bucket.reserved += 1
        return True

    def want(self, method: str, change: int) -> None:
        """So many more, or less, wait for a reservation."""
        self._gate(method, "").buckets[0].wanted += change

    def reserve(self, method: str) -> None:
        """Keep one more call of a method, whether there is one or not: it will have to be made."""
        self._gate(method, "").buckets[0].reserved += 1

    def release(self, method: str) -> None:
        """Give a reservation back, because its call is made or no longer needed."""
        self._gate(method, "").buckets[0].reserved -= 1

    def interval(self, method: str, ended_by: str = "") -> float:
        """Seconds between two interim texts of one reply: the wider, the more replies grow at once.

        ``ended_by`` is the method of which each of them holds a reservation, if another than that by which they grow.
        """
        bucket = self._gate(method, "").buckets[0]
        bucket.fill(self._clock())
        growing = self._gate(ended_by or method, "").buckets[0].reserved
        spare = max(bucket.tokens - bucket.held_back(Priority.INTERIM), 0.0)
        return max(LIVELY, growing / (bucket.per_second + spare / SPENT_OVER))

    def _serve(self, gate: Gate) -> None:
        """Let those go whose turn it is, and come again when it is the next one's."""
        if gate.timer is not None:
            gate.timer.cancel()
            gate.timer = None
        while (first := gate.waiting.first()) is not None:
            priority, grant = Priority(first[0]), first[1]
            now = self._clock()
            delay = max(bucket.delay(now, bucket.held_back(priority)) for bucket in gate.buckets)
            if delay > 0:
                gate.timer = asyncio.get_running_loop().call_later(delay, self._serve, gate)
                return
            gate.waiting.pop()
            gate.count(1)
            grant.set_result(None)

    def _gate(self, method: str, channel: str) -> Gate:
        key = (method, channel if method == POST else "")
        gate = self._gates.get(key)
        if gate is None:
            self._forget_quiet()
            shared = (self._workspace,) if method == POST else ()
            gate = self._gates[key] = Gate((self._bucket(method), *shared))
        return gate

    def _bucket(self, name: str) -> TokenBucket:
        limit = self._limits[name]
        return TokenBucket(limit, limit.burst, self._clock())

    def _forget_quiet(self) -> None:
        """Drop the gates that were quiet long enough to be as new."""
        now = self._clock()
        for key, gate in list(self._gates.items()):
            if not gate.waiting and gate.buckets[0].is_full(now):
                del self._gates[key]
