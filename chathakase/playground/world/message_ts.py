"""Slack's `ts`: the id of a message within its conversation, and its time."""

from __future__ import annotations

import re
from collections.abc import Callable

_TS = re.compile(r"\d{10}\.\d{6}")
_NUMBER = re.compile(r"\d{1,12}(\.\d{0,12})?")


def is_ts(text: str) -> bool:
    """Whether `text` has the form of a message's ts, `1700000000.000100`."""
    return _TS.fullmatch(text) is not None


def micros(text: str) -> int:
    """The microseconds since the epoch of a ts or of any such bound (`0`, `1700000000.5`); ValueError if none."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a timestamp: {text!r}")
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0"))


class TsMint:
    """Makes unique, strictly increasing ts from a clock that may stand still or run backwards."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = 0

    def pass_by(self, ts: str) -> None:
        """Make later ones than this from now on."""
        self._last = max(self._last, micros(ts))

    def __call__(self) -> str:
        """The next ts."""
        self._last = max(self._last + 1, int(self._clock() * 1_000_000))
        return f"{self._last // 1_000_000:010d}.{self._last % 1_000_000:06d}"
