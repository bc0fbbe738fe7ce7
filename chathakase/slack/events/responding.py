"""Answers an interaction at its ``response_url``, which needs no token and goes nowhere but to Slack.

See https://docs.slack.dev/interactivity/handling-user-interaction. Bolt's own ``respond`` would call whatever address a
payload names, and follow it on from there.
"""

from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.slack.web.client import open_session, proxy_of
from chathakase.slack.web.web_addresses import Elsewhere, WebApiAddresses

WITHIN = 10.0
"""Seconds that it may take."""


async def respond(client: AsyncWebClient, address: object, answer: Mapping[str, object]) -> None:
    """Answer an interaction. Raises Elsewhere, and what aiohttp does."""
    if not isinstance(address, str):
        raise Elsewhere
    url = WebApiAddresses(client.base_url).of_response(address)
    proxy = proxy_of(str(url))
    async with open_session(timeout=WITHIN) as session, session.post(url, json=answer, proxy=proxy) as response:
        response.raise_for_status()
