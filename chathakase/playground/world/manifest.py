"""What the app's manifest says of its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chathakase.playground.world.values import Json


@dataclass(frozen=True, slots=True)
class Features:
    """An app's slash commands and shortcuts, in the words of a manifest, and whether it has a Home tab.

    `can_be_stopped` says that it has subscribed to `agent_session_stopped`; without that there is no Stop.

    A command is `{"command": "/x", "description": …, "usage_hint": …}`, a shortcut `{"name": …, "type": "message" or
    "global", "callback_id": …}` (docs.slack.dev/reference/app-manifest).
    """

    commands: Sequence[Json] = ()
    shortcuts: Sequence[Json] = ()
    home_tab: bool = True
    can_be_stopped: bool = True

    def command(self, name: str) -> Json | None:
        """The slash command with this name, its slash included."""
        return next((each for each in self.commands if each["command"] == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        """The shortcut of a kind with this id."""
        wanted = {"callback_id": callback_id, "type": kind}
        return next((each for each in self.shortcuts if wanted.items() <= each.items()), None)

    def facts(self) -> Json:
        """The features as the page is told them."""
        return {
            "commands": [
                {name: each.get(name, "") for name in ("command", "description", "usage_hint")}
                for each in self.commands
            ],
            "shortcuts": [{name: each[name] for name in ("type", "name", "callback_id")} for each in self.shortcuts],
        }
