"""Numbered SQL migrations: what is missing is applied at start, a newer database is refused."""

from dataclasses import dataclass
from importlib.resources import files

from chathakase.core.errors import StoreError
from chathakase.storage.database import Database, Transaction

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)
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


async def migrate(database: Database, *, now: int) -> list[Migration]:
    """Apply what is missing, each migration in a transaction of its own; returns what was applied."""
    have = await _version(database)
    refuse_newer(have)
    missing = [migration for migration in migrations() if migration.version > have]
    for migration in missing:
        async with database.transaction() as transaction:
            await _apply(transaction, migration, now)
    return missing


async def _version(database: Database) -> int:
    async with database.transaction() as transaction:
        await transaction.execute(LEDGER)
    rows = await database.fetch("SELECT coalesce(max(version), 0) FROM schema_migrations")
    return int(rows[0][0] or 0)


async def _apply(transaction: Transaction, migration: Migration, now: int) -> None:
    await transaction.script(migration.sql)
    await transaction.execute(
        "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)",
        migration.version,
        migration.name,
        now,
    )
