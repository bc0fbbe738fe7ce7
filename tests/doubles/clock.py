"""Time as a test wants it."""

from dataclasses import dataclass


@dataclass
class SettableClock:
    """A clock that stands still until it is set."""

    now: float = 1000.0
    """Seconds."""

    def __call__(self) -> float:
        return self.now
