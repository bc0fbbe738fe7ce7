"""The few promises that rooms make to the engine; a test double is one more implementation."""

from chathakase.core.ports.hints import HintStore
from chathakase.core.ports.memory import (
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
from chathakase.core.ports.model import LanguageModel, TokenCounter
from chathakase.core.ports.stores import Stores
from chathakase.core.ports.surface import Downloads, Past, Reply, Surface
from chathakase.core.ports.turns import ErrandStore, ListeningStore, TurnStore

__all__ = [
    "ChangeStore",
    "Downloads",
    "ErrandStore",
    "ExportStore",
    "FileStore",
    "ForgetStore",
    "HintStore",
    "LanguageModel",
    "ListeningStore",
    "MemoryStore",
    "Past",
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
]
