"""What the commands are done with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from chathakase.core.ports import ExportStore, ForgetStore, SearchStore, SessionStore, Surface, TitleStore, TurnStore
from chathakase.core.types import Expiry, FollowUps
from chathakase.core.window import ModelFacts
from chathakase.engine.presses import Presses
from chathakase.engine.recall import Recall
from chathakase.engine.rights import Rights
from chathakase.engine.summaries import Summaries


class Stores(Protocol):
    """What is stored, from the sides that commands see of it."""

    @property
    def sessions(self) -> SessionStore:
        """What is said."""

    @property
    def turns(self) -> TurnStore:
        """What was answered."""

    @property
    def titles(self) -> TitleStore:
        """What sessions are called."""

    @property
    def forgetting(self) -> ForgetStore:
        """How it is forgotten."""

    @property
    def search(self) -> SearchStore:
        """How it is found."""

    @property
    def export(self) -> ExportStore:
        """How it is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What people are told about how the bot is set up."""

    agent: str
    """What the bot is called."""
    model: str
    expiry: Expiry
    retention: int
    """Idle milliseconds after which everything of a session is deleted; 0: it is kept for ever."""
    follow_ups: FollowUps
    """What is answered in a channel's threads."""
    prices: Callable[[str], ModelFacts]
    """What is known of a model, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Everything that some command needs."""

    stores: Stores
    terms: Terms
    surface: Surface
    presses: Presses
    rights: Rights
    recall: Recall
    summaries: Summaries
    examine: Callable[[], Awaitable[str]]
    """Looks whether all is well, and tells so in Markdown."""
    now: Callable[[], int]
    """The time in epoch milliseconds."""
