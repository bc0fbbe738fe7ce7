"""The same stores over SQLite and over PostgreSQL, to see whether the same comes of what they are asked."""

import sqlite3
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from chathakase.core.types import Expiry, ExpiryMode
from chathakase.storage.database import Row, Snapshot
from chathakase.storage.sqlite.driver import SqliteDatabase
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
from chathakase.storage.stores.mute_store import SqlMuteStore
from chathakase.storage.stores.overview_store import SqlOverviewStore
from chathakase.storage.stores.session_store import SqlSessionStore
from chathakase.storage.stores.summary_store import SqlSummaryStore
from chathakase.storage.stores.title_store import SqlTitleStore
from chathakase.storage.stores.turn_store import SqlTurnStore
from chathakase.storage.stores.usage_store import SqlUsageStore
from tests.storage.database_stores import TIMEOUT, DatabaseClock, DatabaseStores, counting_ids, stores_of
from tests.storage.postgresql import PostgresServer, schema_of
from tests.storage.postgresql_driver import PostgresDatabase, open_postgresql
from tests.storage.test_cancellation import NAME, Prepare, wipe

BY_TRIGGERS = ("message_count", "exchanges", "last_text", "last_author", "last_said")
"""Columns of ``sessions`` that SQLite's schema keeps by itself, as it does the tables below."""
KEPT_BY_TRIGGERS = ("activity", "listed", "participants")
GIVEN_OUT = {"audit": ("id",), "files": ("id", "message"), "messages": ("id",), "titles": ("id",)}
"""Columns whose values are the database's own affair."""
APART = ("checksums", "schema_migrations", "unemptied", "unmerged")
"""Tables of which the stores know nothing."""


class NoIndex:
    async def merge(self) -> None: ...

    async def sweep(self) -> None: ...


class AnyWords:
    """Finds all words in all sessions."""

    async def sessions(self, snapshot: Snapshot, words: str, among: Mapping[str, int]) -> Collection[str]:  # noqa: ARG002
        return among


@dataclass
class TwinDatabases:
    sqlite: DatabaseStores
    postgresql: DatabaseStores
    other: PostgresDatabase
    columns: Mapping[str, Sequence[str]]

    async def do(self, prepare: Prepare) -> tuple[str, str]:
        """What either returns, and all that it has stored in the end."""
        await wipe(self.sqlite)
        for table in self.columns:
            await self.other.run(f"DELETE FROM {table}")
        await self.other.run("ALTER TABLE files ALTER COLUMN id RESTART")
        works = []
        for stores in (self.sqlite, self.postgresql):
            stores.clock.now = DatabaseClock.now
            stores.sessions._new_id = counting_ids()
            works.append(await prepare(stores))
        await self._copy_what_triggers_keep()
        ours, theirs = [str(await work()) for work in works]
        kept = [await self._kept(fetch) for fetch in (self.sqlite.database.fetch, self.other.run)]
        return _locks([ours, *kept[0]]), _locks([theirs, *kept[1]])

    async def _copy_what_triggers_keep(self) -> None:
        fetch = self.sqlite.database.fetch
        for row in await fetch(f"SELECT id, {', '.join(BY_TRIGGERS)} FROM sessions"):
            values = ", ".join(f"{column} = ${place}" for place, column in enumerate(BY_TRIGGERS, 2))
            await self.other.run(f"UPDATE sessions SET {values} WHERE id = $1", *row)
        for row in await fetch("SELECT session, author, wrote_at FROM participants"):
            await self.other.run("INSERT INTO participants VALUES ($1, $2, $3)", *row)
        for row in await fetch(f"SELECT {', '.join(self.columns['listed'])} FROM listed"):
            places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
            await self.other.run(f"INSERT INTO listed VALUES ({places})", *row)
        for row in await fetch("SELECT id, session, active_at, archived_by, at FROM activity"):
            await self.other.run("INSERT INTO activity OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5)", *row)

    async def _kept(self, fetch: Any) -> list[str]:
        lines = []
        for table, columns in self.columns.items():
            if table not in KEPT_BY_TRIGGERS:
                rows: list[Row] = await fetch(f"SELECT {', '.join(columns)} FROM {table}")
                lines += [f"{table}: {dict(zip(columns, row, strict=True))}" for row in rows]
        return lines


def _locks(lines: Sequence[str]) -> str:
    """Lines in an order that is the same whatever random names there are, and these replaced by their order."""
    known: dict[str, str] = {}
    text = "\n".join(sorted(lines, key=lambda line: NAME.sub("", line)))
    return NAME.sub(lambda name: known.setdefault(name[0], f"name {len(known)}"), text)


@asynccontextmanager
async def twins(
    server: PostgresServer, made: Path, database: SqliteDatabase, mode: ExpiryMode
) -> AsyncIterator[TwinDatabases]:
    clock = DatabaseClock()
    with closing(sqlite3.connect(made)) as connection:
        schema = list(schema_of(connection))
        columns = _columns(connection)
    async with open_postgresql(server, schema, clock) as other:
        sqlite = stores_of(database, mode)
        yield TwinDatabases(sqlite, _over(other, sqlite, clock, mode), other, columns)


def _columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """What is compared of each table."""
    tables = (row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    return {
        table: [
            name
            for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")
            if name not in GIVEN_OUT.get(table, BY_TRIGGERS)
        ]
        for table in tables
        if table not in APART and "words" not in table and not table.startswith("sqlite_")
    }


def _over(database: PostgresDatabase, stores: DatabaseStores, clock: DatabaseClock, mode: ExpiryMode) -> DatabaseStores:
    meter = stores.sessions._meter
    expiring = SqlExpiry(database, NoIndex(), expiry=Expiry(TIMEOUT, mode))
    return replace(
        stores,
        database=cast(SqliteDatabase, database),
        clock=clock,
        sessions=SqlSessionStore(database, expiring, meter=meter, count=len),
        memory=SqlMemoryStore(database, count=len),
        changes=SqlChangeStore(database, meter=meter, count=len),
        forgetting=SqlForgetStore(database, expiring=expiring),
        files=SqlFileStore(database),
        summaries=SqlSummaryStore(database, meter=meter),
        titles=SqlTitleStore(database, meter=meter),
        export=SqlExportStore(database),
        turns=SqlTurnStore(database, meter=meter, count=len),
        jobs=SqlJobStore(database),
        listening=SqlListeningStore(database),
        hints=SqlHintStore(database),
        audit=SqlAuditStore(database),
        usage=SqlUsageStore(database, meter=meter),
        listing=SqlListingStore(database, AnyWords()),
        overviews=SqlOverviewStore(database),
        muting=SqlMuteStore(database),
        admin=SqlAdminStore(database),
    )
