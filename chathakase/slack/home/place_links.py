"""What of the surface is needed to draw threads."""

from collections.abc import Callable
from dataclasses import dataclass

from chathakase.core.types import Place


@dataclass(frozen=True, slots=True)
class PlaceLinks:
    """How places and messages are found."""

    link: Callable[[Place, str], str]
    """The address of a message; empty where it is not known."""
    describe: Callable[[Place], str]
    """What a place is called, in mrkdwn: a channel's mention, which only those can read who may see it."""
