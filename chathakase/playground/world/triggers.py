"""Trigger ids: what a person has just done lets the app show them something, once and at once.

A trigger is valid for three seconds and opens one view (docs: interactivity/handling-user-interaction).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from chathakase.playground.web_api_error import SlackError

TRIGGER_SECONDS = 3.0
REMEMBERED_SECONDS = 600.0
"""How long a trigger is remembered in order to tell an expired one from one that never was."""


@dataclass(slots=True)
class _Trigger:
    user: str
    app_id: str
    at: float
    spent: bool = False


class Triggers:
    """All triggers of late; `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, _Trigger] = {}

    def issue(self, user: str, app_id: str = "") -> str:
        """A new trigger for something that this person did with an app; without one it is any app's."""
        now = self._clock()
        while self._known and (oldest := next(iter(self._known.items())))[1].at < now - REMEMBERED_SECONDS:
            del self._known[oldest[0]]
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._known[trigger_id] = _Trigger(user, app_id, now)
        return trigger_id

    def spend(self, trigger_id: str, app_id: str = "") -> str:
        """Whose trigger it is; `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`."""
        trigger = self._known.get(trigger_id)
        if trigger is None or (trigger.app_id and trigger.app_id != app_id):
            raise SlackError("invalid_trigger_id")
        if trigger.spent:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.spent = True
        return trigger.user
