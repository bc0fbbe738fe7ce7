"""The connection to Slack's Web API: one HTTP session for everything, and who we are in there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import StartError
from chathakase.slack.identity import Identity

CALL_TIMEOUT = 10.0
"""Seconds that one Web API call may take."""
START_TIMEOUT = 5.0
"""Seconds that the first call, at start, may take."""


@dataclass(frozen=True, slots=True)
class SlackWeb:
    """The open connection."""

    client: AsyncWebClient
    identity: Identity


@asynccontextmanager
async def open_web(*, token: str, api_url: str) -> AsyncIterator[SlackWeb]:
    """Open the connection and ask who we are; close it at the end.

    Raises StartError when Slack cannot be reached or does not accept the token.
    """
    # A shared session saves a connection and a handshake for each call; slack_sdk then ignores its own timeout.
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT)) as session:
        client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])
        yield SlackWeb(client, await _identity(client, api_url))


async def _identity(client: AsyncWebClient, api_url: str) -> Identity:
    try:
        async with asyncio.timeout(START_TIMEOUT):
            answer = await client.auth_test()
    except SlackApiError as error:
        raise StartError(
            f"Slack does not accept SLACK_BOT_TOKEN ({code_of(error)}): copy the Bot User OAuth Token (xoxb-…) "
            "from “OAuth & Permissions” in your app's settings, after installing the app."
        ) from error
    except (SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
        raise StartError(unreachable(api_url)) from error
    return Identity(
        user_id=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        team_id=str(answer.get("team_id") or ""),
        name=str(answer.get("user") or "ChatHakase"),
    )


def unreachable(api_url: str) -> str:
    """What to do when Slack cannot be reached."""
    return f"Slack cannot be reached at {api_url}: check the network, and SLACK_API_URL if you set it."


def code_of(error: SlackApiError) -> str:
    """Slack's error code, or the HTTP status where there is none."""
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code or f"HTTP {getattr(error.response, 'status_code', None) or 'error'}")
