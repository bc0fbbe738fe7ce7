"""What the commands are done with."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from chathakase.core.daily_limits import DailyLimit
from chathakase.core.ports import ChartPainter, Stores, Surface
from chathakase.core.types import Expiry, FollowUps, SessionId
from chathakase.core.window import ModelFacts
from chathakase.engine.access.limit_notices import LimitNotices
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.access.rights import Rights
from chathakase.engine.context.context_builder import ContextBuilder
from chathakase.engine.context.summaries import Summaries
from chathakase.engine.turns.interactions import Interactions
from chathakase.engine.usage.usage_reports import UsageReports


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
    daily_limits: Sequence[DailyLimit] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """Everything that some command needs."""

    stores: Stores
    terms: Terms
    surface: Surface
    interactions: Interactions
    rights: Rights
    limit_notices: LimitNotices
    muted_channels: MutedChannels
    context_builder: ContextBuilder
    summaries: Summaries
    usage_reports: UsageReports
    charts: ChartPainter
    deleting: Callable[[SessionId], AbstractAsyncContextManager[None]]
    """A block in which a session is deleted, after which whoever looks at it is shown that it is gone."""
    diagnose: Callable[[], Awaitable[str]]
    """Looks whether all is well, and tells so in Markdown."""
    now: Callable[[], int]
    """The time in epoch milliseconds."""
