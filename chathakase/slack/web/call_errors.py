"""Why a Web API call failed, and what that means for trying again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import aiohttp
from slack_sdk.errors import SlackApiError

PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
ODD = frozenset({"unreadable_answer", "http_200"})
"""Codes of ours for answers that are none of Slack's: of a proxy in trouble, or of another kind of server."""
CODE = re.compile(r"[a-z0-9_.]{1,60}", re.IGNORECASE)
"""What Slack's error codes look like; anything else might quote a message."""
UNKNOWN_PAUSE = 2.0
"""Seconds to wait when Slack says that we are too fast but not for how long."""
LONGEST_PAUSE = 600.0
"""Seconds of a ``Retry-After`` beyond which it is not believed."""


@dataclass(frozen=True, slots=True)
class CallFailure:
    """Why a call failed."""

    code: str
    """Slack's error code, ``http_503`` and the like, or the type of a network error."""
    passes: bool
    """Trying again may help."""
    retry_after: float | None = None
    """Seconds that Slack asks to wait."""
    unsure: bool = False
    """The call may have been carried out all the same."""


def failure_of(error: Exception) -> CallFailure:
    """Understand what slack_sdk, the network or an odd server made of a call."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, aiohttp.ClientResponseError):
        if error.status == 429:
            return CallFailure("ratelimited", passes=True, retry_after=_retry_after(error.headers or {}))
        return CallFailure(f"http_{error.status}", passes=error.status >= 500, unsure=error.status >= 500)
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return CallFailure(type(error).__name__, passes=True, unsure=True)
    # slack_sdk fails with all sorts of errors on answers that are no JSON objects.
    return CallFailure("unreadable_answer", passes=True, unsure=True)


def _refused(error: SlackApiError) -> CallFailure:
    response = error.response
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, Mapping) else ""
    if code and not CODE.fullmatch(code):
        code = "unknown_error"
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return CallFailure("ratelimited", passes=True, retry_after=_retry_after(response.headers))
    if code:
        return CallFailure(code, passes=code in PASSING or status >= 500, unsure=status >= 500 or code in PASSING)
    if status < 400:
        return CallFailure("http_200", passes=True, unsure=True)
    return CallFailure(f"http_{status}", passes=status >= 500, unsure=status >= 500)


def _retry_after(headers: Mapping[str, str]) -> float:
    """What ``Retry-After`` says, in seconds."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return UNKNOWN_PAUSE
    return UNKNOWN_PAUSE if isnan(seconds) else min(max(seconds, 1.0), LONGEST_PAUSE)
