"""Who calls: the bot's token, the app-level token, the one for the app's settings, and that of each person's client."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chathakase.playground.world.world import World

TokenType: TypeAlias = Literal["bot", "app", "config", "user"]

APP_SCOPES = frozenset({"connections:write"})
"""The scopes of the app-level token."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token stands for: `user_id` is the bot user or the person, and empty for the app itself."""

    type: TokenType
    user_id: str
    scopes: frozenset[str]


class Tokens:
    """All valid tokens of the workspace; `scopes` are those that the app's bot token was granted.

    A person's token is of the kind that Slack's own client uses (`xoxc-`), which no scope restrains.
    """

    def __init__(
        self,
        world: World,
        scopes: Collection[str],
        *,
        bot: str | None = None,
        app: str | None = None,
        secret: str | None = None,
    ) -> None:
        secret = secret or secrets.token_hex(12)
        self.bot = bot or f"xoxb-playground-{secret}"
        self.app = app or f"xapp-1-{world.app.id}-{secret}"
        self.config = f"xoxe.xoxp-1-{secret}"
        self._world = world
        self._secret = secret
        self._bot = Caller("bot", world.app.user_id, frozenset(scopes))
        self._app = Caller("app", "", APP_SCOPES)

    def kept(self) -> dict[str, str]:
        """The arguments that make the same tokens again."""
        return {"bot": self.bot, "app": self.app, "secret": self._secret}

    def of(self, user_id: str) -> str:
        """The token of a person's own client; KeyError if there is no such person."""
        user = self._world.users[user_id]
        if user.is_bot:
            raise KeyError(user_id)
        return f"xoxc-{user_id}-{self._secret}"

    def identify(self, token: str) -> Caller | None:
        """Who holds this token, or None where it is not valid."""
        if token == self.bot:
            return self._bot
        if token == self.app:
            return self._app
        if token == self.config:
            return Caller("config", "", frozenset())
        kind, _, rest = token.partition("-")
        user_id, _, secret = rest.partition("-")
        user = self._world.users.get(user_id)
        if kind != "xoxc" or secret != self._secret or user is None or user.is_bot:
            return None
        return Caller("user", user_id, frozenset())
