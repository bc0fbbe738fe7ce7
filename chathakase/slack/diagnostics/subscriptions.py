"""What the app is set up for in Slack: its events, buttons, direct messages, Home tab and menus.

The bot's own tokens cannot see that. A token that is meant for the settings of apps can, with ``apps.manifest.export``
(docs.slack.dev/reference/methods/apps.manifest.export).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from chathakase.findings import Finding, Level
from chathakase.slack.diagnostics.needs import ANSWERED_WITHOUT, COMMANDS, EVENTS, REINSTALL, SHORTCUTS
from chathakase.slack.diagnostics.probe import Answer, ask

EVENTS_SUBJECT = "events"
SETTINGS_SUBJECT = "app settings"

UNSEEN = Finding(
    EVENTS_SUBJECT,
    Level.NOTE,
    f"the bot's tokens cannot see what the app subscribes to; it needs {', '.join(EVENTS)}",
    "Look under “Event Subscriptions” in the app's settings, or run `chathakase doctor` with SLACK_CONFIG_TOKEN.",
)

REFUSED = frozenset({"invalid_auth", "not_authed", "token_expired", "token_revoked", "not_allowed_token_type"})

Manifest = Mapping[str, Any]


async def export_manifest(client: AsyncWebClient, app_id: str, config_token: str) -> Manifest | Finding:
    """The manifest of an app as Slack has it, or why it is not to be had."""
    if not app_id:
        return _unread("Slack does not say which app the bot belongs to")
    answer = await ask(client.apps_manifest_export(app_id=app_id, token=config_token))
    manifest = answer.data.get("manifest")
    return manifest if isinstance(manifest, Mapping) else _why_not(answer)


def _why_not(answer: Answer) -> Finding:
    if answer.error in REFUSED:
        text = f"Slack does not accept SLACK_CONFIG_TOKEN ({answer.error}); such tokens expire after twelve hours"
        advice = "Make a new one on api.slack.com/apps, below your apps, or unset it."
        return Finding(EVENTS_SUBJECT, Level.WARNING, text, advice)
    return _unread(answer.error or "no manifest")


def _unread(reason: str) -> Finding:
    text = f"the app's settings cannot be read with SLACK_CONFIG_TOKEN ({reason})"
    advice = "Make the token as somebody who may change this app, or look under “Event Subscriptions” by hand."
    return Finding(EVENTS_SUBJECT, Level.WARNING, text, advice)


def configured_scopes(manifest: Manifest) -> frozenset[str]:
    """The scopes that the app asks for when it is installed."""
    return frozenset(_within(manifest, "oauth_config", "scopes").get("bot") or ())


def compare(manifest: Manifest) -> list[Finding]:
    """What the app's settings lack; the scopes are compared with those of the token."""
    lacks = [*_missing_events(manifest), *_switched_off(manifest), *_missing_menus(manifest)]
    if lacks:
        return [*lacks[:-1], replace(lacks[-1], advice=REINSTALL)]
    text = f"the app subscribes to all {len(EVENTS)} that are needed; buttons, direct messages and Home are switched on"
    return [Finding(EVENTS_SUBJECT, Level.OK, text)]


def _missing_events(manifest: Manifest) -> Iterator[Finding]:
    subscribed = _within(manifest, "settings", "event_subscriptions").get("bot_events") or ()
    for event, consequence in EVENTS.items():
        if event not in subscribed:
            level = Level.WARNING if event in ANSWERED_WITHOUT else Level.ERROR
            yield Finding(EVENTS_SUBJECT, level, f"the app does not subscribe to {event}: {consequence}")


def _switched_off(manifest: Manifest) -> Iterator[Finding]:
    settings, home = _within(manifest, "settings"), _within(manifest, "features", "app_home")
    if not settings.get("socket_mode_enabled"):
        yield Finding(SETTINGS_SUBJECT, Level.ERROR, "Socket Mode is off: no events arrive")
    if not _within(settings, "interactivity").get("is_enabled"):
        yield Finding(SETTINGS_SUBJECT, Level.ERROR, "Interactivity is off: buttons do nothing")
    if not home.get("messages_tab_enabled") or home.get("messages_tab_read_only_enabled"):
        text = "the app's Messages tab is off or read-only: nobody can write direct messages to it"
        yield Finding(SETTINGS_SUBJECT, Level.ERROR, text)
    if not home.get("home_tab_enabled"):
        text = "the app's Home tab is off: people do not see their threads there"
        yield Finding(SETTINGS_SUBJECT, Level.WARNING, text)


def _missing_menus(manifest: Manifest) -> Iterator[Finding]:
    features = _within(manifest, "features")
    typed, chosen = _named(features, "slash_commands", "command"), _named(features, "shortcuts", "callback_id")
    for command in COMMANDS:
        if command["command"] not in typed:
            text = f"the slash command {command['command']} is missing: people cannot list their threads with it"
            yield Finding(SETTINGS_SUBJECT, Level.WARNING, text)
    for shortcut in SHORTCUTS:
        if shortcut["callback_id"] not in chosen:
            text = f"the shortcut “{shortcut['name']}” is missing: nobody can choose it from a menu"
            yield Finding(SETTINGS_SUBJECT, Level.WARNING, text)


def _named(features: Mapping[str, Any], kind: str, name: str) -> set[object]:
    """What the features of a kind are called by."""
    given = features.get(kind)
    return {each.get(name) for each in (given if isinstance(given, list) else ()) if isinstance(each, Mapping)}


def _within(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at a path of keys; empty where there is none."""
    for key in path:
        value = data.get(key)
        data = value if isinstance(value, Mapping) else {}
    return data
