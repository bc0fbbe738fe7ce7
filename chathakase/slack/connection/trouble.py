"""Why a Web API call failed, and what that means for trying again."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError

PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
ODD_TRIES = 4
"""How often an answer that is none of Slack's is borne before it is taken for this server's way."""
UNKNOWN_PAUSE = 2.0
"""Seconds to wait when Slack says that we are too fast but not for how long."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a call failed."""

    code: str
    """Slack's error code, ``http_503`` and the like, or the type of a network error."""
    passes: bool
    """Trying again may help."""
    retry_after: float | None = None
    """Seconds that Slack asks to wait."""
    unsure: bool = False
    """The call may have been carried out all the same."""
    tries: int = 0
    """After how many tries it must be taken to be for good; 0: never."""


def trouble_of(error: Exception) -> Trouble:
    """Understand what slack_sdk, the network or an odd server made of a call."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, aiohttp.ClientResponseError):
        return Trouble(f"http_{error.status}", passes=error.status >= 500, unsure=error.status >= 500)
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return Trouble(type(error).__name__, passes=True, unsure=True)
    # slack_sdk fails with all sorts of errors on answers that are no JSON objects.
    return Trouble("unreadable_answer", passes=True, unsure=True, tries=ODD_TRIES)


def _refused(error: SlackApiError) -> Trouble:
    response = error.response
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, Mapping) else ""
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Trouble("ratelimited", passes=True, retry_after=_retry_after(response.headers))
    if code:
        return Trouble(code, passes=code in PASSING or status >= 500, unsure=status >= 500 or code in PASSING)
    if status < 400:
        return Trouble(f"http_{status}", passes=True, unsure=True, tries=ODD_TRIES)
    return Trouble(f"http_{status}", passes=status >= 500, unsure=status >= 500)


def _retry_after(headers: Mapping[str, str]) -> float:
    """What ``Retry-After`` says, in seconds."""
    try:
        return max(float(headers.get("Retry-After", "")), 1.0)
    except ValueError:
        return UNKNOWN_PAUSE
