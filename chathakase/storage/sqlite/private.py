"""Files that nobody but their owner may read, from the moment they exist, and which of them others may read."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from glob import escape
from pathlib import Path

OTHERS = 0o077
OWNER_ONLY = 0o600
FOLDER = 0o700
BESIDE = ("", "-wal", "-shm", "-journal")
COPIES = (".before-*.db", ".before-*.part")
"""Copies from before migrations, and what was left of one that was cut short."""


def keep_private(path: Path) -> list[Path]:
    """See to it that nobody else can read a SQLite file and what belongs to it; it is made if it is not there.

    SQLite gives the files that it makes beside it the same rights. Returns what others can read and is not ours to
    change. What cannot be made is left to SQLite, which tells why.
    """
    with suppress(OSError):
        os.close(os.open(_real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    return [each for each in readable_by_others(path) if not _tightened(each)]


def readable_by_others(path: Path) -> list[Path]:
    """What of a SQLite file and all that belongs to it somebody else may read or write."""
    return [each for each in _family(path) if _mode(each) & OTHERS] if os.name == "posix" else []


def copies(path: Path) -> list[Path]:
    """The copies of a SQLite file that were kept from before migrations, whole or not."""
    path = _real(path)
    return sorted(each for ending in COPIES for each in path.parent.glob(f"{escape(path.name)}{ending}"))


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there, for nobody but their owner. Raises OSError."""
    for each in reversed((path, *path.parents)):
        if not each.is_dir():
            each.mkdir(mode=FOLDER, exist_ok=True)


def _family(path: Path) -> Iterator[Path]:
    real = _real(path)
    yield from (real.with_name(f"{real.name}{ending}") for ending in BESIDE)
    yield from copies(path)


def _real(path: Path) -> Path:
    """SQLite follows links, and puts its own files beside what they lead to."""
    return Path(os.path.realpath(path))


def _mode(path: Path) -> int:
    """The rights of a file; none where there is no file, or only a link to one."""
    try:
        status = path.lstat()
    except OSError:
        return 0
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else 0


def _tightened(path: Path) -> bool:
    try:
        path.chmod(OWNER_ONLY)
    except OSError:
        return False
    return True
