"""What the engine needs of a database to tell people something once."""

from typing import Protocol

from chathakase.core.types import Place


class HintStore(Protocol):
    """Remembers who was told what. Every method raises StoreError when the database refuses."""

    async def tell(self, person: str, place: Place, hint: str, *, teller: str) -> bool:
        """Note that somebody in a place's workspace is told something now; False when something else told them before.

        True as often as the same ``teller`` asks, so that what is tried again is told again.
        """

    async def has_replied(self, person: str, place: Place) -> bool:
        """Whether somebody wrote below a thread's first message in a place's channel."""
