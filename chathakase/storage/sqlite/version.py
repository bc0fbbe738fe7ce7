"""Which version a SQLite file has, and whether it is ours; told without a change to it."""

import sqlite3

from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure

LEDGER = "schema_migrations"
"""The table of what was applied; other programs have one of this name as well."""
ALWAYS = "sessions"
"""A table that each version of ours has."""

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
NEWEST = f"SELECT coalesce(max(version), 0) FROM {LEDGER}"


def version_of(connection: sqlite3.Connection) -> int:
    """The newest migration that a file has had; 0 when it holds nothing yet.

    Raises DatabaseError where what it holds is another program's.
    """
    tables = {str(name) for (name,) in connection.execute(TABLES)}
    if tables - {LEDGER} and not {LEDGER, ALWAYS} <= tables:
        raise DatabaseError(SqliteFailure.FOREIGN)
    return int(connection.execute(NEWEST).fetchone()[0]) if LEDGER in tables else 0
