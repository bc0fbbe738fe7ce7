"""What a method is given, and what the table knows of a method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chathakase.playground.web_api.app_tokens import Caller, TokenType
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.tiers import Tier
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Json
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One call by a known caller."""

    world: World
    caller: Caller
    arguments: Arguments
    asked: str = ""
    """The host that was asked, as the caller names it; empty where none was."""

    @property
    def app(self) -> App:
        """The app that calls, or the first one where a person does."""
        return self.world.apps.get(self.caller.app_id, self.world.app)

    def need_scope(self, *scopes: str) -> None:
        """`missing_scope` unless the app was granted one of these; people's own clients need none."""
        if self.caller.type == "user" or self.caller.scopes.intersection(scopes):
            return
        provided = ",".join(sorted(self.caller.scopes))
        raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)


Handler: TypeAlias = Callable[[Call], Json]
"""Does what a method does and gives the answer without `ok`; raises SlackError."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method, its tier, the kinds of token that may call it, and the scopes of which one is needed.

    A method whose scope depends on the kind of conversation (`channels:read`, `groups:read`, …) names none that is
    needed for all and lists them in `by_type`. `post_only` refuses GET (`insecure_request`).
    """

    handler: Handler
    tier: Tier
    scopes: tuple[str, ...] = ()
    tokens: frozenset[TokenType] = frozenset({"bot", "user"})
    by_type: tuple[str, ...] = ()
    post_only: bool = False
