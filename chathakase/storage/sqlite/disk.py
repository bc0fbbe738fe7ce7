"""Whether files can be written where the database is, and how much room is left there."""

import shutil
import tempfile
from pathlib import Path

from chathakase.core.amounts import size
from chathakase.findings import Finding, Level
from chathakase.storage.sqlite.backup import SYSTEM
from chathakase.storage.sqlite.sqlite_errors import SqliteFailure, advice_of

SUBJECT = "disk"
LOW = 200_000_000
"""Bytes below which the room is told as low."""
PROBE = b"\0" * 65_536
"""What is written into the folder, without a name, to see whether the disk takes it."""


def check_disk(path: Path) -> Finding:
    """Look at the disk and the folder of a file, where SQLite makes its own files beside it."""
    folder = path.parent
    try:
        if not folder.is_dir():
            advice = "Create it, or name another in CHATHAKASE_DATABASE_URL."
            return Finding(SUBJECT, Level.ERROR, f"there is no folder {folder}", advice)
        free = shutil.disk_usage(folder).free
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
        return _room(folder, free, path.stat().st_size if path.exists() else 0)
    except OSError as error:
        failure = SYSTEM.get(error.errno or 0, SqliteFailure.DISK)
        text = f"nothing can be written in {folder} ({error.strerror})"
        return Finding(SUBJECT, Level.ERROR, text, advice_of(failure))


def _room(folder: Path, free: int, used: int) -> Finding:
    text = f"{size(free)} free in {folder}"
    if free >= max(LOW, 2 * used):
        return Finding(SUBJECT, Level.OK, text)
    advice = "Free some space; a migration keeps a copy of the database beside it."
    return Finding(SUBJECT, Level.WARNING, f"only {text}", advice)
