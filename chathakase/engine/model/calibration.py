"""Learns from a model's server how it counts tokens, and how many it really takes."""

from collections.abc import Callable

from chathakase.clock import monotonic

LEAST, MOST = 0.8, 2.5
"""Between these a ratio stays: beyond them something else is wrong."""
WEIGHT = 0.3
"""How much of a ratio the newest report makes up."""
ESTIMATED, EXACT = 1.1, 1.0
"""What to expect of a model that has reported nothing yet, by how its tokens are counted."""
BELIEVED = 3_600.0
"""Seconds for which a window counts that a server insisted on: another model may have refused in its name."""
SMALLEST_WINDOW = 512
"""Tokens; a server that names fewer means something else."""


class Calibration:
    """The ratio of reported to counted tokens, and the windows that servers insisted on, by model."""

    def __init__(self, *, exact: bool = False, clock: Callable[[], float] = monotonic) -> None:
        self._expected = EXACT if exact else ESTIMATED
        self._clock = clock
        self._ratios: dict[str, float] = {}
        self._limits: dict[str, tuple[int, float]] = {}
        """The window, and until when that is believed."""

    def learn(self, model: str, estimated: int, reported: int) -> None:
        """Take in that a prompt that was counted as so many tokens had so many for the server; 0 tells nothing."""
        if estimated <= 0 or reported <= 0:
            return
        seen = reported / estimated
        ratio = self._ratios.get(model, self._expected)
        self._ratios[model] = min(max(ratio + WEIGHT * (seen - ratio), LEAST), MOST)

    def ratio(self, model: str) -> float:
        """How many tokens the server counts for each that we count."""
        return self._ratios.get(model, self._expected)

    def limit(self, model: str, tokens: int) -> None:
        """Take in that a server refused a prompt because the model's window has so many tokens; 0 tells nothing."""
        if tokens >= SMALLEST_WINDOW:
            self._limits[model] = (self.window(model, tokens), self._clock() + BELIEVED)

    def window(self, model: str, tokens: int) -> int:
        """A model's window in tokens: what is known of it, or what its server insisted on, if that is less."""
        limit, until = self._limits.get(model, (tokens, 0.0))
        return min(tokens, limit) if until > self._clock() else tokens
