"""Ask Slack something, and understand whatever comes back."""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chathakase.slack.web.call_errors import PASSING, failure_of

WITHIN = 3.0
"""Seconds that a call may take: up to four are made one after the other."""
TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one call."""

    at: float
    """Our time when Slack answered, as far as can be told, in epoch seconds."""
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """They know no case."""
    error: str = ""
    """Slack's error code, or what kept it from answering; empty when all went well."""
    judged: bool = True
    """It was Slack that answered, and it meant what it said: trying again would not help."""


async def ask(call: Awaitable[AsyncSlackResponse]) -> Answer:
    """Make a call, whatever comes of it."""
    began = time.time()
    try:
        async with asyncio.timeout(WITHIN):
            response = await call
    except TimeoutError:
        return Answer(began, error=TIMEOUT, judged=False)
    except Exception as error:  # noqa: BLE001 - slack_sdk fails in all sorts of ways on answers that are not Slack's
        return _failed(error, _midway(began))
    data = response.data
    return Answer(_midway(began), data if isinstance(data, dict) else {}, response.headers)


def _failed(error: Exception, at: float) -> Answer:
    code = failure_of(error).code
    if not isinstance(error, SlackApiError):
        return Answer(at, error=code, judged=False)
    judged = code not in PASSING and not code.startswith("http_")
    return Answer(at, headers=getattr(error.response, "headers", {}), error=code, judged=judged)


def _midway(began: float) -> float:
    return (began + time.time()) / 2
