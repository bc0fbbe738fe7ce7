"""How often Slack lets an app call each method of the Web API, and how a setting changes that.

Slack counts per method, app and workspace; the tiers are 20, 50 and 100 calls a minute and more, with short bursts
above them (https://docs.slack.dev/apis/web-api/rate-limits). How large a burst may be is told nowhere: 20 was measured
for tier 3, the others are in proportion, and all of ours stay one or two calls below.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a method may be called."""

    burst: float
    """Calls that may go out at once after a pause."""
    per_minute: float
    reserve: float = 0.0
    """Calls of the burst that only final texts may use."""
    unreserved: float = 0.0
    """Calls of the burst that are never reserved, so that what is both grown and ended by one method can grow."""

    @property
    def per_second(self) -> float:
        """Calls that may go out each second in the long run."""
        return self.per_minute / 60


TIER_2 = Limit(burst=6, per_minute=20, reserve=1)
TIER_3 = Limit(burst=18, per_minute=50)
TIER_4 = Limit(burst=36, per_minute=100)
POST = "chat.postMessage"
WORKSPACE = f"{POST}/workspace"
"""What all channels together may be sent, besides what each of them may."""

LIMITS: Mapping[str, Limit] = {
    # One a second in each channel, and "several hundred" a minute in all
    # (https://docs.slack.dev/reference/methods/chat.postMessage).
    POST: Limit(burst=4.5, per_minute=60),
    WORKSPACE: Limit(burst=90, per_minute=300, reserve=10),
    "chat.update": replace(TIER_3, reserve=1, unreserved=1),
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.startStream": TIER_2,
    "chat.appendStream": replace(TIER_4, reserve=6),
    "chat.stopStream": TIER_2,
    "assistant.threads.setStatus": Limit(burst=50, per_minute=600, reserve=10),
    "agents.sessions.setStatus": replace(TIER_3, reserve=4),
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "conversations.history": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "users.conversations": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}

ENTRY = re.compile(r"([A-Za-z]+(?:\.[A-Za-z]+)+(?:/workspace)?)=([0-9]{1,6})(?:/([0-9]{1,6}))?")


def read_limits(text: str) -> Mapping[str, Limit]:
    """Read ``chat.update=50/18 chat.postMessage=60``: calls a minute and, after a slash, calls at once.

    What is not named keeps Slack's documented value. Raises ValueError in plain words.
    """
    limits = dict(LIMITS)
    for entry in text.replace(",", " ").split():
        match = ENTRY.fullmatch(entry)
        if match is None or match[1] not in limits:
            raise ValueError(f"must look like chat.update=50/18, with one of these methods: {', '.join(LIMITS)}")
        limits[match[1]] = _changed(limits[match[1]], int(match[2]), match[3])
    return limits


def _changed(limit: Limit, per_minute: int, burst: str | None) -> Limit:
    if per_minute < 1 or (burst is not None and int(burst) < 1):
        raise ValueError("must allow at least one call a minute, and one at once")
    at_once = float(burst) if burst is not None else min(limit.burst, max(1.0, limit.burst * per_minute / 60))
    return Limit(at_once, per_minute, min(limit.reserve, at_once - 1), min(limit.unreserved, at_once - 1))
