"""A copy of a SQLite file, made while others use it: whole, looked at, and on disk before it has its name."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape
from pathlib import Path

from chathakase.storage.sqlite.private import OWNER_ONLY
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure, database_error_of

SYSTEM = {
    errno.ENOSPC: SqliteFailure.FULL,
    errno.EDQUOT: SqliteFailure.FULL,
    errno.EACCES: SqliteFailure.READ_ONLY,
    errno.EPERM: SqliteFailure.READ_ONLY,
    errno.EROFS: SqliteFailure.READ_ONLY,
}


def save_copy(path: Path, name: str) -> Path:
    """Copy a file to ``<file>.<name>.db`` beside it, readable by nobody but its owner; returns where the copy is.

    A file of that name is kept; the copy is then ``<file>.<name>.2.db`` and so on. Raises StoreError, and leaves
    nothing behind, when there is no room or no right to write, or when the copy is not whole. What a process that died
    left of such a copy is removed.
    """
    with _translating(), _partial_file(path, name) as partial:
        return _copy(path, partial, name)


@contextmanager
def _partial_file(path: Path, name: str) -> Iterator[Path]:
    """A file to copy into, which goes at the end; while this process lives, its lock tells that it is in use."""
    for left in path.parent.glob(f"{escape(path.name)}.{escape(name)}.*.part"):
        with left.open("rb") as file, suppress(BlockingIOError):
            flock(file, LOCK_EX | LOCK_NB)
            left.unlink()
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.{name}.", suffix=".part")
    try:
        flock(handle, LOCK_EX | LOCK_NB)
        yield Path(partial)
    finally:
        Path(partial).unlink(missing_ok=True)
        os.close(handle)


def _copy(path: Path, partial: Path, name: str) -> Path:
    with closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(partial),))
    _look_at(partial)
    _put_on_disk(partial)
    target = _free_name(path, name)
    partial.replace(target)
    _put_on_disk(path.parent)
    return target


def _look_at(copy: Path) -> None:
    with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise DatabaseError(SqliteFailure.DAMAGED)


def _put_on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(path: Path, name: str, number: int = 1) -> Path:
    """A name that nobody has, held by an empty file."""
    target = path.with_name(f"{path.name}.{name}{'' if number == 1 else f'.{number}'}.db")
    try:
        target.touch(OWNER_ONLY, exist_ok=False)
    except FileExistsError:
        return _free_name(path, name, number + 1)
    return target


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise database_error_of(error) from error
    except OSError as error:
        failure = SYSTEM.get(error.errno or 0, SqliteFailure.DISK)
        raise DatabaseError(failure, errno.errorcode.get(error.errno or 0, "")) from error
