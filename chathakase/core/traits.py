"""What a surface tells of itself, so that nobody else need know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Traits:
    """How a surface is spoken of."""

    name: str
    """What people call it, as it stands within a sentence."""
    about: str
    """What a model is told of it, in whole sentences: where it takes part, and in which markup it is to write."""
    user: str
    """What one of its user ids looks like, for instance."""
    overviews: bool = False
    """It can show somebody all of their threads at once, in a window."""
    refusals: Mapping[str, str] = field(default_factory=dict)
    """Why a file of it cannot be had, in words that go on after the file's name, by the code of a DeliveryError.

    By ``web_page`` also what is said where a page came in the place of a file.
    """
