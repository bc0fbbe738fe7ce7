"""How long to wait before the next try."""

import random

from chathakase.slack.connection.tempo import Tempo

STEPS = 16
"""Doublings after which the bound is reached in any case."""


class Backoff:
    """Waits that grow from try to try, with full jitter; the first try does not wait."""

    def __init__(self, tempo: Tempo, rng: random.Random) -> None:
        self._tempo = tempo
        self._rng = rng
        self._tries = 0

    def next(self) -> float:
        """The seconds to wait before the next try."""
        tries, self._tries = self._tries, self._tries + 1
        if not tries:
            return 0.0
        first = self._tempo.first_wait
        return self._rng.uniform(first, min(self._tempo.longest_wait, first * 2 ** min(tries, STEPS)))

    def reset(self) -> None:
        """Begin anew, since all is well."""
        self._tries = 0
