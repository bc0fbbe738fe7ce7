"""All stores of one database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chathakase.core.daily_limits import DailyLimit
from chathakase.core.session_ids import new_session_id
from chathakase.core.types import Expiry, SessionId
from chathakase.core.usage import Price, unpriced
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.merging import Merging
from chathakase.storage.sqlite.search import SqliteSearch
from chathakase.storage.sqlite.wal_truncation import WalTruncation
from chathakase.storage.sqlite.word_finder import SqliteWordFinder
from chathakase.storage.stores.admin_store import SqlAdminStore
from chathakase.storage.stores.audit_store import SqlAuditStore
from chathakase.storage.stores.change_store import SqlChangeStore
from chathakase.storage.stores.expiry import SqlExpiry
from chathakase.storage.stores.export_store import SqlExportStore
from chathakase.storage.stores.file_store import SqlFileStore
from chathakase.storage.stores.forget_store import SqlForgetStore
from chathakase.storage.stores.hint_store import SqlHintStore
from chathakase.storage.stores.job_store import SqlJobStore
from chathakase.storage.stores.listening_store import SqlListeningStore
from chathakase.storage.stores.listing_store import SqlListingStore
from chathakase.storage.stores.memory_store import SqlMemoryStore
from chathakase.storage.stores.message_rows import ESTIMATE
from chathakase.storage.stores.metering import Meter
from chathakase.storage.stores.mute_store import SqlMuteStore
from chathakase.storage.stores.overview_store import SqlOverviewStore
from chathakase.storage.stores.owned import Ownership
from chathakase.storage.stores.session_store import SqlSessionStore
from chathakase.storage.stores.summary_store import SqlSummaryStore
from chathakase.storage.stores.title_store import SqlTitleStore
from chathakase.storage.stores.turn_store import SqlTurnStore
from chathakase.storage.stores.usage_store import SqlUsageStore


@dataclass(frozen=True, slots=True)
class SqlStores:
    """Everything that is remembered, by what it is asked."""

    sessions: SqlSessionStore
    memory: SqlMemoryStore
    changes: SqlChangeStore
    forgetting: SqlForgetStore
    files: SqlFileStore
    summaries: SqlSummaryStore
    titles: SqlTitleStore
    search: SqliteSearch
    merging: Merging
    wal_truncation: WalTruncation
    export: SqlExportStore
    turns: SqlTurnStore
    jobs: SqlJobStore
    listening: SqlListeningStore
    hints: SqlHintStore
    audit: SqlAuditStore
    usage: SqlUsageStore
    listing: SqlListingStore
    overviews: SqlOverviewStore
    muting: SqlMuteStore
    admin: SqlAdminStore


def open_stores(
    database: SqliteDatabase,
    *,
    expiry: Expiry,
    most_owned: int = 0,
    limits: Sequence[DailyLimit] = (),
    price: Price = unpriced,
    count: Callable[[str], int] = ESTIMATE,
    new_id: Callable[[], SessionId] = new_session_id,
) -> SqlStores:
    """The stores of a database that is open and migrated.

    ``most_owned`` is how many open sessions a person may own (0: any number), ``limits`` are those of each day,
    ``price`` tells what calls of models cost, ``count`` how many tokens a text has, and ``new_id`` makes ids of
    sessions.
    """
    merging = Merging(database)
    meter, ownership = Meter(limits=limits, price=price), Ownership(most_owned)
    expiring = SqlExpiry(database, merging, expiry=expiry)
    return SqlStores(
        sessions=SqlSessionStore(database, expiring, meter=meter, ownership=ownership, count=count, new_id=new_id),
        memory=SqlMemoryStore(database, count=count),
        changes=SqlChangeStore(database, meter=meter, ownership=ownership, count=count),
        forgetting=SqlForgetStore(database, expiring=expiring),
        files=SqlFileStore(database),
        summaries=SqlSummaryStore(database, meter=meter),
        titles=SqlTitleStore(database, meter=meter),
        search=SqliteSearch(database),
        merging=merging,
        wal_truncation=WalTruncation(database),
        export=SqlExportStore(database),
        turns=SqlTurnStore(database, meter=meter, ownership=ownership, count=count),
        jobs=SqlJobStore(database),
        listening=SqlListeningStore(database),
        hints=SqlHintStore(database),
        audit=SqlAuditStore(database),
        usage=SqlUsageStore(database, meter=meter),
        listing=SqlListingStore(database, SqliteWordFinder()),
        overviews=SqlOverviewStore(database),
        muting=SqlMuteStore(database),
        admin=SqlAdminStore(database),
    )
