"""Numbered SQL migrations: what is missing is applied at start, a newer database is refused.

A new database is made at once from ``schema.sql``, since thirty migrations of nothing take a tenth of a second.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from chathakase.core.errors import StoreError
from chathakase.storage.database import Row
from chathakase.storage.sqlite.driver import SqliteDatabase, SqliteReader
from chathakase.storage.sqlite.early_forms import repair
from chathakase.storage.sqlite.transactions import SqliteTransaction

log = logging.getLogger(__name__)

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)
"""

NOTE = """
INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING
"""

NOTE_ALL = """
INSERT INTO schema_migrations (version, name, applied_at) SELECT key, value, $2 FROM json_each($1)
"""

SIGN = "INSERT INTO checksums (version, checksum) SELECT key, value FROM json_each($1)"

CHECKSUMS = "SELECT version, checksum FROM checksums ORDER BY version"

SIGNED_SINCE = 16
"""The version that brings the table of checksums."""

CHANGED = "was made by a migration {} that differs from this ChatHakase's"
RUN_THE_OTHER = "run the ChatHakase that made it, reinstall this one, or name another database"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: ``0001_sessions.sql`` is version 1, named ``sessions``."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Tells it from any other text."""
        return sha256(self.sql.encode()).hexdigest()


class ChangedMigration(StoreError):
    """A database was made by a migration that is another one by now; its text says which one, and what to do."""


def migrations() -> list[Migration]:
    """Every migration that this version of the software knows, oldest first."""
    found = (Migration(version, name, file.read_text(encoding="utf-8")) for version, name, file in _named())
    return sorted(found, key=lambda migration: migration.version)


def newest_version() -> int:
    """The version that a database has which this software made; without a look into its migrations."""
    return max(version for version, _, _ in _named())


def _named() -> Iterator[tuple[int, str, Traversable]]:
    for file in files("chathakase.storage.sqlite").joinpath("migrations").iterdir():
        stem, _, suffix = file.name.partition(".")
        if suffix == "sql":
            number, _, name = stem.partition("_")
            yield int(number), name, file


def refuse_newer(version: int) -> None:
    """Raise StoreError when a database is of a newer version than this software knows."""
    newest = newest_version()
    if version > newest:
        raise StoreError(
            f"the database has version {version}, but this software knows only versions up to {newest}: "
            "run the newer ChatHakase again, or name another database"
        )


def changed_migration(checksums: Iterable[Row]) -> str:
    """The first migration that is another one than when a database was made, by the rows of CHECKSUMS; or nothing."""
    known = {migration.version: migration for migration in migrations()}
    for version, checksum in checksums:
        migration = known.get(int(version or 0))
        if migration is not None and migration.checksum != checksum:
            return f"{migration.version} ({migration.name})"
    return ""


async def refuse_changed(database: SqliteDatabase | SqliteReader) -> None:
    """Raise ChangedMigration when a database was made by other migrations than this software has."""
    signed = await database.fetch("SELECT 1 FROM sqlite_master WHERE name = 'checksums'")
    if signed and (changed := changed_migration(await database.fetch(CHECKSUMS))):
        raise ChangedMigration(f"the database {CHANGED.format(changed)}: {RUN_THE_OTHER}")


async def refuse_other(database: SqliteReader) -> None:
    """Raise StoreError when a database is not of this software's version; nothing in it changes."""
    ledger = await database.fetch("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'")
    version, newest = await _newest(database) if ledger else 0, newest_version()
    refuse_newer(version)
    if not version:
        raise StoreError("the file holds no ChatHakase sessions")
    if version < newest:
        raise StoreError(f"the database has version {version}: `chathakase run` migrates it to version {newest}")
    await refuse_changed(database)


async def migrate(database: SqliteDatabase, *, now: int) -> list[Migration]:
    """Apply what is missing, each migration in a transaction of its own; returns what was applied by this call.

    A database that holds something is copied first. Raises StoreError, and changes nothing, when it cannot be, or when
    it was made by other migrations; that is a ChangedMigration.
    """
    async with database.transaction() as transaction:
        made = await _make(transaction, now)
    if made:
        return made
    have = await _newest(database)
    refuse_newer(have)
    await refuse_changed(database)
    missing = [migration for migration in migrations() if migration.version > have]
    if not missing:
        return []
    copy, newest = await _save_copy(database, have, missing[-1].version), missing[-1].version
    applied = [migration for migration in missing if await _take(database, migration, now)]
    log.info("The database was migrated from version %d to %d; a copy of the old one is in %s", have, newest, copy)
    return applied


async def _make(transaction: SqliteTransaction, now: int) -> list[Migration]:
    """Make all that a new database has, and tell by which migrations it stands; nothing where there is anything."""
    await transaction.execute(LEDGER)
    if await transaction.fetch("SELECT 1 FROM schema_migrations LIMIT 1"):
        return []
    made = migrations()
    await transaction.script(files("chathakase.storage.sqlite").joinpath("schema.sql").read_text(encoding="utf-8"))
    await transaction.execute(NOTE_ALL, json.dumps({each.version: each.name for each in made}), now)
    await transaction.execute(SIGN, json.dumps({each.version: each.checksum for each in made}))
    return made


async def _take(database: SqliteDatabase, migration: Migration, now: int) -> bool:
    async with database.transaction() as transaction:
        return await apply(transaction, migration, now)


async def _save_copy(database: SqliteDatabase, have: int, newest: int) -> str:
    try:
        return await database.save_copy(f"before-{newest}")
    except StoreError as error:
        raise StoreError(
            f"no copy of the database could be saved before the migration from version {have} to {newest}, "
            f"so nothing was changed: {error}"
        ) from error


async def _newest(database: SqliteDatabase | SqliteReader) -> int:
    rows = await database.fetch("SELECT coalesce(max(version), 0) FROM schema_migrations")
    return int(rows[0][0] or 0)


async def apply(transaction: SqliteTransaction, migration: Migration, now: int) -> bool:
    """Apply a migration; False when another process has just done so."""
    if not await transaction.execute(NOTE, migration.version, migration.name, now):
        return False
    if migration.version == SIGNED_SINCE:
        await _repair(transaction)
    await transaction.script(migration.sql)
    if signed := _to_sign(migration):
        await transaction.execute(SIGN, json.dumps({each.version: each.checksum for each in signed}))
    return True


def _to_sign(migration: Migration) -> list[Migration]:
    """Of which migrations the checksums are kept when one is applied: with the first that is signed, of all before."""
    if migration.version == SIGNED_SINCE:
        return [each for each in migrations() if each.version <= SIGNED_SINCE]
    return [migration] if migration.version > SIGNED_SINCE else []


async def _repair(transaction: SqliteTransaction) -> None:
    """Make a database as the migrations make it, before their checksums are kept."""
    scripts = [each.sql for each in migrations() if each.version < SIGNED_SINCE]
    if await repair(transaction, scripts):
        log.warning("The database was made by early forms of migrations, and was repaired")
