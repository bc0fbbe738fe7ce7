"""The few protocols that the engine expects of other rooms; a test double is one more implementation."""

from chathakase.core.ports.admin_port import AdminStore
from chathakase.core.ports.audit_port import AuditStore
from chathakase.core.ports.chart_port import ChartPainter
from chathakase.core.ports.hint_port import HintStore
from chathakase.core.ports.listing_port import ListingStore
from chathakase.core.ports.memory_ports import (
    ChangeStore,
    ExportStore,
    FileStore,
    ForgetStore,
    MemoryStore,
    SearchIndex,
    SearchStore,
    SessionStore,
    SummaryStore,
    TitleStore,
)
from chathakase.core.ports.model_port import LanguageModel, TokenCounter
from chathakase.core.ports.mute_port import MuteStore
from chathakase.core.ports.overview_port import Overviews, OverviewStore
from chathakase.core.ports.store_ports import Stores
from chathakase.core.ports.surface_port import Downloads, History, Reply, Surface
from chathakase.core.ports.turn_ports import JobStore, ListeningStore, TurnStore
from chathakase.core.ports.usage_port import UsageStore

__all__ = [
    "AdminStore",
    "AuditStore",
    "ChangeStore",
    "ChartPainter",
    "Downloads",
    "ExportStore",
    "FileStore",
    "ForgetStore",
    "HintStore",
    "History",
    "JobStore",
    "LanguageModel",
    "ListeningStore",
    "ListingStore",
    "MemoryStore",
    "MuteStore",
    "OverviewStore",
    "Overviews",
    "Reply",
    "SearchIndex",
    "SearchStore",
    "SessionStore",
    "Stores",
    "SummaryStore",
    "Surface",
    "TitleStore",
    "TokenCounter",
    "TurnStore",
    "UsageStore",
]
