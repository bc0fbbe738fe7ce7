"""Numbered SQL migrations: what is missing is applied at start, a newer database is refused."""

import logging
from dataclasses import dataclass
from importlib.resources import files

from chathakase.core.errors import StoreError
from chathakase.storage.database import Database, Transaction

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


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: ``0001_sessions.sql`` is version 1, named ``sessions``."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """Every migration that this version of the software knows, oldest first."""
    found = []
    for file in files("chathakase.storage").joinpath("migrations").iterdir():
        stem, _, suffix = file.name.partition(".")
        if suffix == "sql":
            number, _, name = stem.partition("_")
            found.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def refuse_newer(version: int) -> None:
    """Raise StoreError when a database is of a newer version than this software knows."""
    newest = migrations()[-1].version
    if version > newest:
        raise StoreError(
            f"the database is of version {version}, and this software knows versions up to {newest}: "
            "run the newer ChatHakase again, or name another database"
        )


async def refuse_other(database: Database) -> None:
    """Raise StoreError when a database is not of this software's version; nothing in it changes."""
    ledger = await database.fetch("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'")
    version, newest = await _newest(database) if ledger else 0, migrations()[-1].version
    refuse_newer(version)
    if not version:
        raise StoreError("the file holds no sessions of ChatHakase")
    if version < newest:
        raise StoreError(f"the database is of version {version}: `chathakase run` brings it to version {newest}")


async def migrate(database: Database, *, now: int) -> list[Migration]:
    """Apply what is missing, each migration in a transaction of its own; returns what was applied.

    A database that holds something is copied first. Raises StoreError, and changes nothing, when it cannot be.
    """
    have = await _version(database)
    refuse_newer(have)
    missing = [migration for migration in migrations() if migration.version > have]
    if have and missing:
        await _save_copy(database, have, missing[-1].version)
    applied = []
    for migration in missing:
        async with database.transaction() as transaction:
            if await _apply(transaction, migration, now):
                applied.append(migration)
    return applied


async def _save_copy(database: Database, have: int, newest: int) -> None:
    try:
        where = await database.save_copy(f"before-{newest}")
    except StoreError as error:
        raise StoreError(
            f"no copy of the database could be saved before the migration from version {have} to {newest}, "
            f"so nothing was changed: {error}"
        ) from error
    log.info("The database is migrated from version %d to %d; as it was, it is kept in %s", have, newest, where)


async def _version(database: Database) -> int:
    async with database.transaction() as transaction:
        await transaction.execute(LEDGER)
    return await _newest(database)


async def _newest(database: Database) -> int:
    rows = await database.fetch("SELECT coalesce(max(version), 0) FROM schema_migrations")
    return int(rows[0][0] or 0)


async def _apply(transaction: Transaction, migration: Migration, now: int) -> bool:
    """Apply a migration; False when another process has just done so."""
    if not await transaction.execute(NOTE, migration.version, migration.name, now):
        return False
    await transaction.script(migration.sql)
    return True
