"""How often, and after which waits, something that failed is tried again. Whoever tries does the waiting."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

STEPS = 64
"""Waits after which one has grown as far as it ever will."""

Spread = Callable[[float, float], float]
"""A number between two others, like ``random.uniform``."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How one kind of failure is met; all times are in seconds, and retries are counted from zero."""

    first_wait: float
    """Before the first retry; no later wait is shorter."""
    factor: float = 1.0
    """By how much each wait is longer than the one before."""
    longest_wait: float = math.inf
    retries: float = math.inf
    """How many there are at most, besides the first try."""
    within: float = math.inf
    """From the beginning on; what fails after that has failed for good."""
    jitter: bool = False
    """Each wait is anything between the first and its own length, so that many who failed at once part ways.

    See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """
    at_once: bool = False
    """The first retry is not waited for."""

    def wait(self, retry: int, spread: Spread = random.uniform) -> float:
        """The seconds to wait before a retry."""
        if self.at_once and not retry:
            return 0.0
        longest = min(self.first_wait * self.factor ** min(retry, STEPS), self.longest_wait)
        return spread(self.first_wait, longest) if self.jitter else longest

    def allows(self, retry: int, *, after: float = 0.0) -> bool:
        """Whether there is a retry, so many seconds after the beginning."""
        return retry < self.retries and after < self.within

    def begin(self, clock: Callable[[], float], spread: Spread = random.uniform) -> "Retries":
        """The retries of something that is begun now; ``clock`` tells seconds."""
        return Retries(self, clock, spread)


class Retries:
    """Counts the retries of one thing."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float], spread: Spread = random.uniform) -> None:
        self._policy = policy
        self._clock = clock
        self._spread = spread
        self.reset()

    def reset(self) -> None:
        """Start over, since all is well."""
        self._began = self._clock()
        self._made = 0

    @property
    def are_over(self) -> bool:
        """Whether what failed now has failed for good."""
        return not self._policy.allows(self._made, after=self._clock() - self._began)

    def next_wait(self) -> float:
        """Count one more retry; the seconds to wait before it."""
        retry, self._made = self._made, self._made + 1
        return self._policy.wait(retry, self._spread)
