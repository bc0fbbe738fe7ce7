"""Looks at everything that the bot needs, from outside or from within the running bot, all at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Iterator, Mapping

from chathakase.config import Settings, misspelt_settings
from chathakase.core.addresses import is_in_clear
from chathakase.core.amounts import counted
from chathakase.core.daily_limits import Whose
from chathakase.core.errors import trace
from chathakase.core.types import Switch
from chathakase.files.library_diagnostics import check_files
from chathakase.findings import Finding, Level
from chathakase.models.model_diagnostics import check_model
from chathakase.slack.diagnostics.slack_diagnostics import check_slack, check_slack_from_outside
from chathakase.slack.diagnostics.socket_diagnostics import SocketState
from chathakase.slack.direct import DIRECT
from chathakase.slack.web.client import SlackWeb
from chathakase.slack.web.rate_limits import read_limits
from chathakase.storage.sqlite.database_diagnostics import check_database

WITHIN = 12.5
"""Seconds that one of the looks may take, whatever hangs."""


LET_IN = {
    (Switch.OFF, Switch.OFF): "members",
    (Switch.ON, Switch.OFF): "members and guests",
    (Switch.OFF, Switch.ON): "members and people from other organisations",
    (Switch.ON, Switch.ON): "everybody",
}
"""Who is let in, by whether guests are, and people from elsewhere."""
FOR: Mapping[Whose, str] = {
    Whose.PERSON: "for each person",
    Whose.CHANNEL: "for each channel",
    Whose.ALL: "for everybody together",
}


async def diagnose(settings: Settings) -> list[Finding]:
    """Look from outside, with connections of its own; a bot may run meanwhile."""
    slack = check_slack_from_outside(
        api_url=settings.slack_api_url,
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        config_token=settings.slack_config_token.get_secret_value(),
    )
    return [*_look_at_settings(settings), *await _look_at_all(settings, slack), *check_files()]


async def diagnose_running(settings: Settings, web: SlackWeb, socket: SocketState) -> list[Finding]:
    """Look from within the running bot, which tells of its own socket."""
    slack = check_slack(
        web.client,
        app_token=settings.slack_app_token.get_secret_value(),
        config_token=settings.slack_config_token.get_secret_value(),
        socket=socket,
    )
    found = await _look_at_all(settings, slack)
    return [*found, *check_files(), *check_access(settings), *check_daily_limits(settings)]


async def _look_at_all(settings: Settings, slack: Awaitable[list[Finding]]) -> list[Finding]:
    found = await asyncio.gather(
        _in_time("Slack", slack),
        _in_time("database", check_database(settings.database, now=time.time_ns() // 1_000_000, direct=DIRECT)),
        _in_time(
            "model",
            check_model(
                api_key=settings.openai_api_key.get_secret_value() or "none",
                base_url=settings.openai_base_url,
                name=settings.chathakase_model,
            ),
        ),
    )
    return [finding for findings in found for finding in findings]


def check_spelling() -> list[Finding]:
    """Variables that seem to be meant for settings and are none."""
    return [Finding("settings", Level.WARNING, text, "Correct or remove it.") for text in misspelt_settings()]


def check_access(settings: Settings) -> Iterator[Finding]:
    """Who may talk to the bot, and where, if that was set."""
    users, channels = settings.chathakase_allowed_users, settings.chathakase_allowed_channels
    who = LET_IN[settings.chathakase_guests, settings.chathakase_external]
    if users:
        admins = len(settings.chathakase_admins - users)
        besides = f" and {admins:,} more in CHATHAKASE_ADMINS" if admins else ""
        who = f"only the {counted(len(users), 'person', 'people')} in CHATHAKASE_ALLOWED_USERS{besides}"
    where = f", only in {counted(len(channels), 'channel')} and in direct messages" if channels else ""
    if channels or who != LET_IN[Switch.OFF, Switch.OFF]:
        yield Finding("access", Level.OK, f"{who} may talk to the bot{where}")


def check_daily_limits(settings: Settings) -> Iterator[Finding]:
    """How much may be used in a day, if that was set."""
    amounts = {whose: [each.amount for each in settings.daily_limits if each.whose is whose] for whose in Whose}
    if told := [f"{', '.join(each)} {FOR[whose]}" for whose, each in amounts.items() if each]:
        yield Finding("daily limits", Level.OK, "; ".join(told))


def _look_at_settings(settings: Settings) -> Iterator[Finding]:
    """Whatever is wrong with them that is not seen before they are used."""
    try:
        read_limits(settings.chathakase_rate_limits)
        yield Finding("settings", Level.OK, "nothing is missing")
    except ValueError as error:
        yield Finding("settings", Level.ERROR, f"CHATHAKASE_RATE_LIMITS {error}", "Correct it, or unset it.")
    yield from check_access(settings)
    yield from check_daily_limits(settings)
    yield from check_spelling()
    if is_in_clear(settings.slack_api_url):
        text = "SLACK_API_URL begins with http://, so the tokens are sent unencrypted"
        yield Finding("settings", Level.WARNING, text, "Use https:// unless you trust the whole network.")
    if is_in_clear(settings.openai_base_url or "") and settings.openai_api_key.get_secret_value():
        text = "OPENAI_BASE_URL begins with http://, so the key and people's messages are sent unencrypted"
        yield Finding("settings", Level.NOTE, text, "Use https:// unless you trust the whole network.")


async def _in_time(subject: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    """One look, which spoils no other if it hangs or fails."""
    try:
        async with asyncio.timeout(WITHIN):
            return await look
    except TimeoutError:
        text = f"did not report its state within {WITHIN:.0f} s"
        return [Finding(subject, Level.ERROR, text, "Try again in a minute.")]
    except Exception as error:  # noqa: BLE001 - of whatever cannot be looked at, that alone is told
        return [Finding(subject, Level.ERROR, f"cannot be checked ({trace(error)})")]
