"""The connection to Slack's Web API: one HTTP session for everything, and who we are in there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from chathakase.certificates import is_more_than_default, trusted
from chathakase.clock import monotonic
from chathakase.core.errors import StartError
from chathakase.core.retrying import RetryPolicy
from chathakase.proxies import for_aiohttp, proxy_for
from chathakase.showing import shown
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.identity import Identity

START_TIMEOUT = 4.0
"""Seconds that a call at start may take, with all its tries."""
STARTING = RetryPolicy(first_wait=0.5)
"""How it is tried again within that time, unless Slack says when."""

LONGEST = 300.0
"""Seconds that a request may take where nothing else is said."""

TOKEN_REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "not_allowed_token_type",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
    }
)

UNTRUSTED = (
    "The certificate at {} is not trusted, or the server there does not use TLS. If a proxy of yours is in between, "
    "set SSL_CERT_FILE to the certificate of its authority."
)
BOT_TOKEN_ADVICE = (
    "copy the Bot User OAuth Token (xoxb-…) from “OAuth & Permissions” in your app's settings, after installing the app"
)


@dataclass(frozen=True, slots=True)
class SlackWeb:
    """The open connection."""

    client: AsyncWebClient
    session: aiohttp.ClientSession
    identity: Identity


@asynccontextmanager
async def open_web(*, token: str, api_url: str, call_timeout: float) -> AsyncIterator[SlackWeb]:
    """Open the connection and ask who we are; close it at the end. A call may take ``call_timeout`` seconds.

    Raises StartError when Slack cannot be reached or does not accept the token.
    """
    # A shared session saves a connection and a handshake for each call; slack_sdk then ignores its own timeout.
    async with open_session(timeout=call_timeout) as session:
        client = web_client(session, token=token, api_url=api_url)
        answer = await first_call(client.auth_test, api_url=api_url, setting="SLACK_BOT_TOKEN", advice=BOT_TOKEN_ADVICE)
        yield SlackWeb(client, session, _identity(answer))


def open_session(*, timeout: float = LONGEST) -> aiohttp.ClientSession:
    """An HTTP session that follows no redirect by itself; a request may take ``timeout`` seconds.

    A redirect would take people's words, and maybe a token, to wherever it leads: whoever follows one looks first.
    """
    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_refuse_redirect)
    connector = aiohttp.TCPConnector(ssl=trusted() if is_more_than_default() else True)
    return aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(total=timeout), trace_configs=[watch]
    )


async def _refuse_redirect(_: aiohttp.ClientSession, __: object, redirect: aiohttp.TraceRequestRedirectParams) -> None:
    answer = redirect.response
    answer.close()
    raise aiohttp.ClientResponseError(answer.request_info, answer.history, status=answer.status)


def web_client(session: aiohttp.ClientSession, *, token: str, api_url: str) -> AsyncWebClient:
    """A client of the Web API that tries nothing twice by itself."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])
    client.proxy = proxy_of(api_url)
    return client


def proxy_of(url: str) -> str | None:
    """The proxy through which an address is reached; None where it is reached without.

    As HTTP's other libraries have it: slack_sdk overlooks ``NO_PROXY`` and ``ALL_PROXY``.
    """
    # The last two are slack_sdk's own way.
    return for_aiohttp(proxy_for(url, "https", "http")) or None


async def first_call(
    call: Callable[[], Awaitable[AsyncSlackResponse]], *, api_url: str, setting: str, advice: str
) -> Mapping[str, Any]:
    """Make a call at start, again and again for some seconds where the failure passes.

    Raises StartError that says what to do about a failure.
    """
    code, retries = "", STARTING.begin(monotonic)
    try:
        async with asyncio.timeout(START_TIMEOUT):
            while True:
                try:
                    data = (await call()).data
                    return data if isinstance(data, dict) else {}
                except Exception as error:
                    failure, code = failure_of(error), code_of(error)
                    if not failure.passes or isinstance(error, aiohttp.ClientSSLError):
                        raise
                await asyncio.sleep(failure.retry_after or retries.next_wait())
    except Exception as error:
        if code in TOKEN_REFUSED:
            raise StartError(f"Slack does not accept {setting} ({code}): {advice}.") from error
        if isinstance(error, aiohttp.ClientSSLError):
            raise StartError(UNTRUSTED.format(shown(api_url))) from error
        reason = f" (it answered {code})" if code else ""
        raise StartError(
            f"Slack cannot be reached at {shown(api_url)}{reason}: check the network, and SLACK_API_URL if you set it."
        ) from error


def code_of(error: Exception) -> str:
    """What Slack itself said; empty when it was not Slack who spoke."""
    return failure_of(error).code if isinstance(error, SlackApiError) else ""


def _identity(answer: Mapping[str, Any]) -> Identity:
    return Identity(
        user_id=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        team_id=str(answer.get("team_id") or ""),
        name=str(answer.get("user") or "ChatHakase"),
        url=_address(answer.get("url")),
        enterprise_id=str(answer.get("enterprise_id") or ""),
    )


def _address(url: object) -> str:
    return f"{url.rstrip('/')}/" if isinstance(url, str) and url.startswith(("https://", "http://")) else ""
