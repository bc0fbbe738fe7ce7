"""Everything that is remembered, by what it is asked."""

from typing import Protocol

from chathakase.core.ports.admin_port import AdminStore
from chathakase.core.ports.audit_port import AuditStore
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
from chathakase.core.ports.mute_port import MuteStore
from chathakase.core.ports.overview_port import OverviewStore
from chathakase.core.ports.turn_ports import JobStore, ListeningStore, TurnStore
from chathakase.core.ports.usage_port import UsageStore


class Stores(Protocol):
    """All stores of one database."""

    @property
    def sessions(self) -> SessionStore:
        """What is said."""

    @property
    def memory(self) -> MemoryStore:
        """What of it is remembered."""

    @property
    def changes(self) -> ChangeStore:
        """How it follows what people change."""

    @property
    def forgetting(self) -> ForgetStore:
        """How it is forgotten."""

    @property
    def files(self) -> FileStore:
        """What files hold."""

    @property
    def summaries(self) -> SummaryStore:
        """What was said in short."""

    @property
    def titles(self) -> TitleStore:
        """What sessions are called."""

    @property
    def search(self) -> SearchStore:
        """How what was said is found."""

    @property
    def merging(self) -> SearchIndex:
        """What it is found by."""

    @property
    def export(self) -> ExportStore:
        """How it is given back."""

    @property
    def turns(self) -> TurnStore:
        """What was answered, and who may answer."""

    @property
    def jobs(self) -> JobStore:
        """What is to be done once."""

    @property
    def listening(self) -> ListeningStore:
        """Until when somebody listened."""

    @property
    def hints(self) -> HintStore:
        """Who was told what."""

    @property
    def audit(self) -> AuditStore:
        """Who did what."""

    @property
    def usage(self) -> UsageStore:
        """How much was used."""

    @property
    def listing(self) -> ListingStore:
        """Which threads there are of a person."""

    @property
    def overviews(self) -> OverviewStore:
        """Who looks at all of theirs, and how."""

    @property
    def muting(self) -> MuteStore:
        """Where nobody is answered."""

    @property
    def admin(self) -> AdminStore:
        """What there is of everybody's."""
