"""Faults on demand of the connections themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(slots=True)
class SocketFaults:
    """What new connections meet, for as long as it is set here.

    `refused`: the handshake is answered with HTTP 503.
    `turned_away`: a `disconnect` with this reason in the place of the `hello`, then the end.
    `flapping`: they are greeted, and break at once.
    """

    refused: bool = False
    turned_away: Reason | None = None
    flapping: bool = False

    def clear(self) -> None:
        """No more faults."""
        self.refused, self.turned_away, self.flapping = False, None, False
