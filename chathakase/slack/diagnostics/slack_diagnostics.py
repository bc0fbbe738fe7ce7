"""Everything about Slack, looked at together."""

import asyncio
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.findings import Finding, Level
from chathakase.slack.diagnostics import token_diagnostics
from chathakase.slack.diagnostics.clock_diagnostics import check_clock
from chathakase.slack.diagnostics.probe import Answer, ask
from chathakase.slack.diagnostics.socket_diagnostics import SocketState, of_running_bot, try_socket
from chathakase.slack.diagnostics.subscriptions import UNSEEN, compare, configured_scopes, export_manifest
from chathakase.slack.web.client import open_session, proxy_of, web_client
from chathakase.slack.web.web_addresses import WebApiAddresses


@dataclass(frozen=True, slots=True)
class EventPath:
    """What is known of the way on which events come."""

    findings: list[Finding]
    app_id: str = ""
    """The app that the app token belongs to; empty where nobody says."""


async def check_slack(
    client: AsyncWebClient, *, app_token: str, config_token: str = "", socket: SocketState | None = None
) -> list[Finding]:
    """Look at Slack with a client that holds the bot token, in twelve seconds at most.

    A running bot tells of its ``socket``; without that one is opened for a moment. ``config_token`` is an app
    configuration token (xoxe.xoxp-…), with which the app's settings can be read; it may be empty.
    """
    test, line = await asyncio.gather(ask(client.auth_test()), _look_at_line(client, app_token, socket))
    if test.error and not test.judged:
        return [token_diagnostics.unreachable(test, client.base_url)]
    about_bot = [token_diagnostics.bot_token(test)]
    if not test.error:
        about_bot += await _look_at_app(client, test, line, config_token)
    return [*about_bot, *line.findings, *check_clock(test)]


async def check_slack_from_outside(
    *, api_url: str, bot_token: str, app_token: str, config_token: str = ""
) -> list[Finding]:
    """Look at Slack as ``check_slack`` does, where no bot runs that has a client."""
    async with open_session() as session:
        client = web_client(session, token=bot_token, api_url=api_url)
        return await check_slack(client, app_token=app_token, config_token=config_token)


async def _look_at_line(client: AsyncWebClient, app_token: str, socket: SocketState | None) -> EventPath:
    if socket is not None and socket.connected:
        return EventPath([Finding(token_diagnostics.APP_TOKEN, Level.OK, "accepted"), of_running_bot(socket)])
    opening = await ask(client.apps_connections_open(app_token=app_token))
    findings = [token_diagnostics.app_token(opening)]
    if socket is not None:
        return EventPath([*findings, of_running_bot(socket)])
    if opening.error or client.session is None:
        return EventPath(findings)
    url = str(opening.data.get("url") or "")
    greeting, app_id = await try_socket(client.session, WebApiAddresses(client.base_url), url, proxy_of(url))
    return EventPath([*findings, greeting], app_id)


async def _look_at_app(client: AsyncWebClient, test: Answer, line: EventPath, config_token: str) -> list[Finding]:
    """What the bot may do and hears, and whether it is the app that the socket belongs to."""
    have, app_id = token_diagnostics.granted(test), await _app_id(client, str(test.data.get("bot_id") or ""))
    mixed = token_diagnostics.of_one_app(app_id, line.app_id)
    if not config_token:
        return [*token_diagnostics.scopes(have, None), *mixed, UNSEEN]
    manifest = await export_manifest(client, app_id, config_token)
    if isinstance(manifest, Finding):
        return [*token_diagnostics.scopes(have, None), *mixed, manifest]
    return [*token_diagnostics.scopes(have, configured_scopes(manifest)), *mixed, *compare(manifest)]


async def _app_id(client: AsyncWebClient, bot_id: str) -> str:
    """The app that a bot belongs to (docs.slack.dev/reference/methods/bots.info); empty where Slack does not say."""
    bot = (await ask(client.bots_info(bot=bot_id))).data.get("bot") if bot_id else None
    return str(bot.get("app_id") or "") if isinstance(bot, dict) else ""
