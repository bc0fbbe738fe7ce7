"""What an app's manifest says of its features."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from chathakase.playground.world.values import App, Json

MENU_SCOPE = "commands"
"""The scope without which there are no shortcuts and slash commands (docs.slack.dev/reference/scopes/commands)."""


@dataclass(frozen=True, slots=True)
class Features:
    """An app's slash commands and shortcuts, in the words of a manifest, and whether it has a Home tab.

    `scopes` are those that its bot is to be granted, `events` those that it subscribes to.
    A command is `{"command": "/x", "description": …, "usage_hint": …}`, a shortcut `{"name": …, "type": "message" or
    "global", "callback_id": …}` (docs.slack.dev/reference/app-manifest).
    """

    commands: Sequence[Json] = ()
    shortcuts: Sequence[Json] = ()
    home_tab: bool = True
    scopes: Collection[str] = ()
    events: Collection[str] = ()
    given: Json | None = None
    """The manifest itself, where there is one."""

    @property
    def can_be_stopped(self) -> bool:
        """Whether it hears of Slack's own Stop; without that there is none."""
        return "agent_session_stopped" in self.events

    @property
    def has_menus(self) -> bool:
        """Whether people see its shortcuts and slash commands."""
        return MENU_SCOPE in self.scopes

    def in_short(self) -> str:
        """How much of each there is, in a few words."""
        counts = {
            "scope": len(self.scopes),
            "event": len(self.events),
            "slash command": len(self.commands),
            "shortcut": len(self.shortcuts),
        }
        told = [f"{number} {name}{'' if number == 1 else 's'}" for name, number in counts.items()]
        return f"{', '.join(told[:-1])} and {told[-1]}"

    def command(self, name: str) -> Json | None:
        """The slash command with this name, its slash included."""
        commands = self.commands if self.has_menus else ()
        return next((each for each in commands if each["command"] == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        """The shortcut of a kind with this id."""
        wanted = {"callback_id": callback_id, "type": kind}
        shortcuts = self.shortcuts if self.has_menus else ()
        return next((each for each in shortcuts if wanted.items() <= each.items()), None)

    def manifest(self, app: App) -> Json:
        """The manifest of an app with these features, which also has what every app here has."""
        if self.given is not None:
            return self.given
        return {
            "_metadata": {"major_version": 2, "minor_version": 1},
            "display_information": {"name": app.name},
            "features": {
                "app_home": {
                    "home_tab_enabled": self.home_tab,
                    "messages_tab_enabled": True,
                    "messages_tab_read_only_enabled": False,
                },
                "bot_user": {"display_name": app.name, "always_online": True},
                "slash_commands": list(self.commands),
                "shortcuts": list(self.shortcuts),
            },
            "oauth_config": {"scopes": {"bot": sorted(self.scopes)}},
            "settings": {
                "event_subscriptions": {"bot_events": sorted(self.events)},
                "interactivity": {"is_enabled": True},
                "org_deploy_enabled": False,
                "socket_mode_enabled": True,
                "token_rotation_enabled": False,
            },
        }

    def facts(self) -> Json:
        """The features as the page is told them."""
        if not self.has_menus:
            return {"home": self.home_tab, "commands": [], "shortcuts": []}
        return {
            "home": self.home_tab,
            "commands": [
                {name: each.get(name, "") for name in ("command", "description", "usage_hint")}
                for each in self.commands
            ],
            "shortcuts": [{name: each[name] for name in ("type", "name", "callback_id")} for each in self.shortcuts],
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """An app as its manifest describes it: its name, what its bot is called, and its features."""

    name: str
    bot_name: str
    features: Features = field(default_factory=Features)
