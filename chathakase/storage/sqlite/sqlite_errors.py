"""Why SQLite refused, in words that say what to do. Pure.

The codes are those of https://www.sqlite.org/rescode.html; an extended one keeps its family in its lowest byte.
"""

import sqlite3
from enum import StrEnum

from chathakase.core.errors import StoreError


class SqliteFailure(StrEnum):
    """What can be the matter with a database, as far as somebody else than us has to see to it."""

    LOCKED = "locked"
    """Another program holds the write lock."""
    FULL = "full"
    """There is no room left."""
    READ_ONLY = "read_only"
    """Its file, its folder or its disk takes no writes."""
    DAMAGED = "damaged"
    """It is a database no longer whole."""
    NO_DATABASE = "no_database"
    """The file holds something else."""
    FOREIGN = "foreign"
    """It is the database of another program."""
    NOT_OPENED = "not_opened"
    """The file or its folder is missing, or may not be opened."""
    MOVED = "moved"
    """What is open is no longer the file of that name, so that nothing of it would be found at the next start."""
    DISK = "disk"
    """The system failed to read or write."""
    CLOSED = "closed"
    """It is closed; the process is about to end."""
    OTHER = "other"
    """None of these."""


TOLD = {
    SqliteFailure.LOCKED: (
        "the database is locked: another program is writing to it and does not stop; end that program"
    ),
    SqliteFailure.FULL: "the disk is full: make room where the database is",
    SqliteFailure.READ_ONLY: "the database is read-only: allow writing to its file and folder, or name another one",
    SqliteFailure.DAMAGED: "the database is damaged: restore a backup, or move it away to start afresh",
    SqliteFailure.NO_DATABASE: "the file is not a database: name another one, or move it away to start afresh",
    SqliteFailure.FOREIGN: "the database belongs to another program: name another file",
    SqliteFailure.NOT_OPENED: "the database cannot be opened: its folder must exist and allow reading and writing",
    SqliteFailure.MOVED: "the database was moved or deleted while in use: put it back, or start again with another one",
    SqliteFailure.DISK: "the file could not be read or written: its disk may be full, gone or read-only",
    SqliteFailure.CLOSED: "the database is closed",
    SqliteFailure.OTHER: "the database refused",
}
"""What people are told, without a full stop."""

FAMILIES = {
    sqlite3.SQLITE_BUSY: SqliteFailure.LOCKED,
    sqlite3.SQLITE_LOCKED: SqliteFailure.LOCKED,
    sqlite3.SQLITE_PROTOCOL: SqliteFailure.LOCKED,
    sqlite3.SQLITE_FULL: SqliteFailure.FULL,
    sqlite3.SQLITE_READONLY: SqliteFailure.READ_ONLY,
    sqlite3.SQLITE_PERM: SqliteFailure.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: SqliteFailure.DAMAGED,
    sqlite3.SQLITE_NOTADB: SqliteFailure.NO_DATABASE,
    sqlite3.SQLITE_CANTOPEN: SqliteFailure.NOT_OPENED,
    sqlite3.SQLITE_IOERR: SqliteFailure.DISK,
}


def advice_of(failure: SqliteFailure) -> str:
    """What to do about it, as a sentence of its own; empty where nobody knows."""
    advice = TOLD[failure].partition(": ")[2]
    return f"{advice[:1].upper()}{advice[1:]}." if advice else ""


class DatabaseError(StoreError):
    """The database refused, and why: ``failure`` is for programs, the text for people."""

    def __init__(self, failure: SqliteFailure, detail: str = "") -> None:
        passes = failure in (SqliteFailure.LOCKED, SqliteFailure.CLOSED)
        super().__init__(f"{TOLD[failure]} ({detail})" if detail else TOLD[failure], passes=passes)
        self.failure = failure


def database_error_of(error: sqlite3.Error) -> DatabaseError:
    """Understand an error of SQLite, whose texts name tables and columns but never values."""
    # Errors that Python itself raises have no code.
    code = getattr(error, "sqlite_errorcode", 0)
    failure = FAMILIES.get(code & 0xFF, SqliteFailure.OTHER)
    if failure is SqliteFailure.OTHER:
        return DatabaseError(failure, str(error))
    return DatabaseError(failure, str(getattr(error, "sqlite_errorname", "")))
