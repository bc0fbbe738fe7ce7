"""A view: a modal or a Home tab as the app made it for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chathakase.playground.world.values import Json


@dataclass(frozen=True, slots=True)
class OpenView:
    """One view; `body` is what the app gave, with all ids, and `values` what the person has entered so far.

    `values` maps block ids to action ids to `{"type": …, "value": …}` and the like.
    """

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Mapping[str, Json] = field(default_factory=dict)
    app_id: str = ""

    @property
    def external_id(self) -> str:
        """The app's own id for the view, or nothing."""
        return str(self.body.get("external_id") or "")

    @property
    def notifies(self) -> bool:
        """Whether the app wants to hear that the person has closed it."""
        return bool(self.body.get("notify_on_close"))
