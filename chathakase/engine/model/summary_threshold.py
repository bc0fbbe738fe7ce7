"""How much there may be of messages before the older ones are summed up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SummaryThreshold:
    """How much there may be of messages."""

    messages: int
    tokens: int
    readable: int
    """How many tokens whoever writes the summaries can read."""
