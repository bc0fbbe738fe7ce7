"""What a chart shows, in words and numbers, for whoever draws it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """What one thing adds to each bar."""

    name: str
    amounts: Sequence[int]
    """One for each bar, none of them below zero."""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side, each of the same layers one upon the other. All words are such as ``is_drawable`` allows."""

    title: str
    subtitle: str
    bars: Sequence[str]
    """What stands below each bar, in one line or two."""
    layers: Sequence[Layer]
    """The lowest first."""


def is_drawable(name: str) -> bool:
    """Whether a name can be drawn with whatever font there is, which may know no more than ASCII."""
    return name.isascii() and name.isprintable() and not name.isspace() and bool(name)
