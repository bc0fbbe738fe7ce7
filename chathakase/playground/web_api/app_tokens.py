"""Who calls: an app's bot token, its app-level token, the one for apps' settings, and that of each person's client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chathakase.playground.world.values import App
from chathakase.playground.world.world import World

TokenType: TypeAlias = Literal["bot", "app", "config", "user"]

APP_SCOPES = frozenset({"connections:write"})
"""The scopes of the app-level token."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token stands for: `user_id` is the bot user or the person, and empty for the app itself."""

    type: TokenType
    user_id: str
    scopes: frozenset[str] = frozenset()
    app_id: str = ""
    """The app whose token it is; empty for people, and for the token that reads the settings of all."""


@dataclass(frozen=True, slots=True)
class AppTokens:
    """An app's bot token, `xoxb-…`, and its app-level token, `xapp-…`, which opens Socket Mode connections."""

    bot: str
    app: str


class Tokens:
    """All valid tokens of the workspace; an app is granted the scopes that its features ask for now.

    `bot` and `app` are given for the first app, and those of others go by the `secret`. A person's token is of the kind
    that Slack's own client uses (`xoxc-`), which no scope restrains.
    """

    def __init__(
        self, world: World, *, bot: str | None = None, app: str | None = None, secret: str | None = None
    ) -> None:
        secret = secret or secrets.token_hex(12)
        self.config = f"xoxe.xoxp-1-{secret}"
        self._world = world
        self._secret = secret
        self.first = AppTokens(bot or f"xoxb-playground-{secret}", app or f"xapp-1-{world.app.id}-{secret}")
        self._of_apps = {each.id: self._app_tokens(each) for each in world.installed}
        self._callers = {self.config: Caller("config", "")}
        for each in world.installed:
            self._add(each)

    def _app_tokens(self, app: App) -> AppTokens:
        if app == self._world.app:
            return self.first
        return AppTokens(f"xoxb-{app.id}-{self._secret}", f"xapp-1-{app.id}-{self._secret}")

    def _add(self, app: App) -> None:
        tokens, scopes = self._of_apps[app.id], frozenset(self._world.features[app.id].scopes)
        self._callers[tokens.bot] = Caller("bot", app.user_id, scopes, app.id)
        self._callers[tokens.app] = Caller("app", "", APP_SCOPES, app.id)

    def kept(self) -> dict[str, str]:
        """The arguments that make the same tokens again."""
        return {"bot": self.first.bot, "app": self.first.app, "secret": self._secret}

    def of(self, user_id: str) -> str:
        """The token of a person's own client; KeyError if there is no such person."""
        user = self._world.users[user_id]
        if user.is_bot:
            raise KeyError(user_id)
        return f"xoxc-{user_id}-{self._secret}"

    def of_app(self, app_id: str) -> AppTokens:
        """The tokens of an app; KeyError if there is no such app."""
        return self._of_apps[app_id]

    def identify(self, token: str) -> Caller | None:
        """Who holds this token, or None where it is not valid."""
        if (known := self._callers.get(token)) is not None:
            return known
        kind, _, rest = token.partition("-")
        user_id, _, secret = rest.partition("-")
        user = self._world.users.get(user_id)
        if kind != "xoxc" or secret != self._secret or user is None or user.is_bot:
            return None
        return Caller("user", user_id)
