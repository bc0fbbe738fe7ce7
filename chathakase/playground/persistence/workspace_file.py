"""The one SQLite file of a kept workspace: records as JSON, and the bytes of files.

Every function here blocks and belongs into a thread.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from chathakase.playground.world.values import Json

NAME = "workspace.sqlite3"
VERSION = 1
"""The `user_version` of the file; another one cannot be read."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS contents (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""

Key: TypeAlias = tuple[str, str]
"""A record's kind and id."""


class WorkspaceFileError(Exception):
    """A kept workspace cannot be opened; the message is for people."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be written at once; a record of None is taken away."""

    records: Mapping[Key, Json | None]
    contents: Mapping[str, bytes]


def forget(folder: Path) -> None:
    """Take the workspace that is kept in a folder away, if there is one; it must not be open."""
    for ending in ("", "-journal", "-wal", "-shm"):
        (folder / f"{NAME}{ending}").unlink(missing_ok=True)


class WorkspaceFile:
    """The open file, which no other process may open meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, folder: Path) -> WorkspaceFile:
        """Open the file in a folder, both made if they are missing; WorkspaceFileError."""
        path = folder / NAME
        try:
            _keep_private(folder, path)
            connection = sqlite3.connect(path, timeout=0.2, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise WorkspaceFileError(f"{path} cannot be opened: {error}") from error
        try:
            _prepare(connection)
        except (sqlite3.Error, WorkspaceFileError) as error:
            connection.close()
            if "locked" in str(error):
                raise WorkspaceFileError(f"{path} is in use by another playground.") from error
            raise WorkspaceFileError(f"{path} cannot be read ({error}); discard it with --fresh.") from error
        return cls(connection)

    def load(self) -> Mapping[Key, Json]:
        """All records, in the order of their kinds and ids; WorkspaceFileError if one is damaged."""
        try:
            rows = self._connection.execute("SELECT kind, id, body FROM records ORDER BY kind, id").fetchall()
            return {(kind, key): dict(json.loads(body)) for kind, key, body in rows}
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise WorkspaceFileError(f"The saved workspace is damaged ({error}); discard it with --fresh.") from error

    def contents(self) -> Mapping[str, bytes]:
        """The bytes of all files; WorkspaceFileError if they are damaged."""
        try:
            return dict(self._connection.execute("SELECT id, bytes FROM contents"))
        except sqlite3.Error as error:
            raise WorkspaceFileError(f"The saved workspace is damaged ({error}); discard it with --fresh.") from error

    def write(self, batch: Batch) -> None:
        """Write a batch, all of it or nothing; sqlite3.Error."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN")
            try:
                _write(cursor, batch)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _keep_private(folder: Path, path: Path) -> None:
    """Make the folder and the file for nobody but their owner, since tokens stand in it, also if it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for ending in ("", "-journal"):
        # What is somebody else's can only be used as it is.
        with suppress(FileNotFoundError, PermissionError):
            (folder / f"{NAME}{ending}").chmod(0o600)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN EXCLUSIVE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        raise WorkspaceFileError(f"it has version {version} instead of {VERSION}")
    for statement in _SCHEMA.strip().split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _write(cursor: sqlite3.Cursor, batch: Batch) -> None:
    gone = [key for key, body in batch.records.items() if body is None]
    cursor.executemany("DELETE FROM records WHERE kind = ? AND id = ?", gone)
    cursor.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", _rows(batch))
    cursor.executemany("INSERT OR REPLACE INTO contents VALUES (?, ?)", batch.contents.items())


def _rows(batch: Batch) -> Iterable[tuple[str, str, str]]:
    for (kind, key), body in batch.records.items():
        if body is not None:
            yield kind, key, json.dumps(body, ensure_ascii=False)
