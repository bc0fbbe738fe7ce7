"""What the tests of the stores have at hand: both stores, a clock that stands still, and something to say."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from itertools import count

from chathakase.core.daily_limits import DailyLimit
from chathakase.core.files import SharedFile
from chathakase.core.jobs import CLEAR_SESSION, Command, Interaction, Job
from chathakase.core.memory import Change, Memory, Summary
from chathakase.core.ports import (
    AdminStore,
    AuditStore,
    ChangeStore,
    FileStore,
    ForgetStore,
    HintStore,
    JobStore,
    ListingStore,
    MemoryStore,
    MuteStore,
    OverviewStore,
    SessionStore,
    SummaryStore,
    TitleStore,
    TurnStore,
    UsageStore,
)
from chathakase.core.types import (
    NO_SESSION,
    Appended,
    Expiry,
    ExpiryMode,
    Incoming,
    Lease,
    Outcome,
    Place,
    Result,
    Role,
    Session,
    SessionId,
    TurnAction,
    Usage,
)
from chathakase.slack.timestamps import microseconds
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.merging import Merging
from chathakase.storage.sqlite.search import SqliteSearch
from chathakase.storage.sqlite.wal_truncation import WalTruncation
from chathakase.storage.stores.admin_store import SqlAdminStore
from chathakase.storage.stores.audit_store import SqlAuditStore
from chathakase.storage.stores.change_store import SqlChangeStore
from chathakase.storage.stores.export_store import SqlExportStore
from chathakase.storage.stores.file_store import SqlFileStore
from chathakase.storage.stores.forget_store import SqlForgetStore
from chathakase.storage.stores.hint_store import SqlHintStore
from chathakase.storage.stores.job_store import SqlJobStore
from chathakase.storage.stores.listening_store import SqlListeningStore
from chathakase.storage.stores.listing_store import SqlListingStore
from chathakase.storage.stores.memory_store import SqlMemoryStore
from chathakase.storage.stores.mute_store import SqlMuteStore
from chathakase.storage.stores.overview_store import SqlOverviewStore
from chathakase.storage.stores.session_store import SqlSessionStore
from chathakase.storage.stores.summary_store import SqlSummaryStore
from chathakase.storage.stores.title_store import SqlTitleStore
from chathakase.storage.stores.turn_store import SqlTurnStore
from chathakase.storage.stores.usage_store import SqlUsageStore
from tests.doubles.meter import price
from tests.places import slack_place

PLACE = slack_place("C1", "1.000001")
ID = SessionId("s0001")
"""Of the session that is opened first."""
HERE = Session(ID, PLACE)
TIMEOUT = 3_600_000
LATER = Lease(ID, PLACE, "", "", since=999, upto=999, attempt=1, refs=())
FILE = SharedFile("F1", "a.csv", "text/csv", 9, "https://files.slack.com/F1")
FAILED = Result(Outcome.FAILED, error="timeout")


@dataclass
class DatabaseClock:
    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


class Talk:
    """What is said to any stores, be they in a database or in memory."""

    clock: DatabaseClock
    sessions: SessionStore
    memory: MemoryStore
    changes: ChangeStore
    forgetting: ForgetStore
    files: FileStore
    summaries: SummaryStore
    titles: TitleStore
    turns: TurnStore
    jobs: JobStore
    hints: HintStore
    audit: AuditStore
    usage: UsageStore
    listing: ListingStore
    overviews: OverviewStore
    muting: MuteStore
    admin: AdminStore

    async def say(self, ref: str, text: str = "hello", *, command: bool = False, **fields: object) -> Appended:
        incoming = said(ref, text, **fields)
        if not command:
            return (await self.sessions.append(incoming)).appended
        job = Job(Command(PLACE, ref, incoming.author, text))
        return (await self.sessions.append(incoming, role=Role.COMMAND, job=job)).appended

    async def id_at(self, place: Place = PLACE) -> SessionId:
        """The id of the session that is at a place now."""
        return await self.sessions.find(place) or NO_SESSION

    async def clear(self, ref: str) -> int:
        """Carry out a stored ``clear session``; returns how many messages were forgotten."""
        forgotten = await self.forgetting.clear(await self.id_at(), before=ref)
        await self.jobs.done(Job(Command(PLACE, ref, "U1", CLEAR_SESSION)))
        return forgotten

    async def claimed(self) -> Lease:
        return await self.claimed_at(PLACE)

    async def claimed_at(self, place: Place) -> Lease:
        lease = await self.turns.claim(await self.id_at(place))
        assert lease is not None
        return lease

    async def again(self, turn: str) -> Lease:
        """Have a turn that ended run once more."""
        assert await self.interaction(turn)
        return await self.claimed()

    async def answered(self, ref: str, text: str, reply: str = "", *, author: str = "U1") -> str:
        """Have somebody ask and a turn answer, which fails where there is no reply; returns the turn."""
        await self.say(ref, text, author=author)
        lease = await self.claimed()
        assert await self.turns.finish(lease, answer(reply) if reply else FAILED)
        return lease.turn

    async def sum_up(self, text: str = "the summary", *, keep: int = 0, limit: int = 99) -> bool:
        """Have what is not covered yet summed up."""
        session = await self.id_at()
        memory = await self.summaries.to_summarise(session, keep=keep, limit=limit)
        covered = len(memory.messages) + (memory.summary.messages if memory.summary else 0)
        summary = Summary(text, memory.messages[-1].said, covered, "m-2")
        return await self.summaries.summarised(session, summary, instead_of=memory, usage=Usage(7, 3))

    async def remembered(self, *, limit: int = 99, tokens: int = 99_999, lease: Lease | None = None) -> Memory:
        return await self.memory.memory(await self.id_at(), lease=lease, limit=limit, tokens=tokens)

    async def newest(self) -> tuple[str, int]:
        """The newest turn that ended, and how often it was run."""
        newest = await self.turns.newest(await self.id_at())
        assert newest is not None
        return newest.turn, newest.run

    async def interaction(
        self, turn: str, action: TurnAction = TurnAction.RETRY, *, run: int = 1, place: Place = PLACE
    ) -> bool:
        return await self.turns.reopen(await self.id_at(place), Interaction(place, "9.9", "U1", action, turn, run))

    async def texts(self, lease: Lease = LATER, limit: int = 99) -> list[str]:
        """What a turn sees; without one, what a turn would see that came after everything stored."""
        memory = await self.remembered(lease=lease, limit=limit)
        return [message.text for message in memory.messages[-limit:]]


@dataclass
class DatabaseStores(Talk):
    """The stores of a database, and what only they can tell."""

    database: SqliteDatabase
    clock: DatabaseClock
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

    async def title(self) -> tuple[str, str]:
        rows = await self.database.fetch("SELECT title, made_by FROM titles WHERE session = $1", await self.id_at())
        return str(rows[0][0]), str(rows[0][1])

    async def go_on_at(self, number: int) -> None:
        """Have the next message stored under a number, from which follows the index that holds its words."""
        session = (
            "INSERT INTO sessions (id, channel, thread, began_at, active_at) VALUES ('C0_0', 'C0', '0', 0, 1 << 60)"
        )
        columns = "id, session, seq, role, text, author, ref, at"
        message = f"INSERT INTO messages ({columns}) VALUES ($1, 'C0_0', $1, $2, $3, $3, $3, 0)"
        async with self.database.transaction() as transaction:
            await transaction.execute(f"{session} ON CONFLICT (id) DO NOTHING")
            await transaction.execute("DELETE FROM messages WHERE session = 'C0_0'")
            await transaction.execute(message, number - 1, "cleared", "")

    @asynccontextmanager
    async def after_the_first_portion(self) -> AsyncIterator[None]:
        """Have what was just begun in several transactions wait behind its first one."""
        while not self.database._writing.locked():
            await asyncio.sleep(0)
        async with self.database.transaction():
            yield

    async def until_queued(self, units: int) -> None:
        """Wait until so many units of work wait for the writer."""
        while len(self.database._writing._waiters or ()) < units:
            await asyncio.sleep(0)

    async def count(self, table: str) -> int:
        return int(str((await self.database.fetch(f"SELECT count(*) FROM {table}"))[0][0]))


def counting_ids() -> Callable[[], SessionId]:
    """Ids for sessions, the first of which is ``ID``."""
    numbers = count(1)
    return lambda: SessionId(f"s{next(numbers):04}")


def stores_of(
    database: SqliteDatabase, mode: ExpiryMode = ExpiryMode.ARCHIVE, limits: Sequence[DailyLimit] = ()
) -> DatabaseStores:
    """The stores of a database that was opened with a clock that stands still, ids that count, a token a character."""
    clock = database._bind.clock
    assert isinstance(clock, DatabaseClock)
    expiry, new_id = Expiry(TIMEOUT, mode), counting_ids()
    opened = open_stores(database, expiry=expiry, limits=limits, price=price, count=len, new_id=new_id)
    return DatabaseStores(database, clock, *(getattr(opened, field.name) for field in fields(opened)))


def said(ref: str, text: str = "hello", **fields: object) -> Incoming:
    incoming = Incoming(PLACE, ref, "U1", text, said=microseconds(ref), opens=True, asks=True)
    return replace(incoming, **fields)  # type: ignore[arg-type]


def change(ref: str, text: str | None = None, *, at: int = 9_000_000, **fields: object) -> Change:
    """Somebody changed a message, or, without a text, deleted it."""
    return Change(PLACE, ref, at, None if text is None else said(ref, text, **fields))


def answer(text: str) -> Result:
    return Result(Outcome.ANSWERED, text, model="m-1", usage=Usage(10, 5))
