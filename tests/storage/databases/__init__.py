"""Databases that earlier versions wrote in real use, left as they were when the process was killed in the middle."""

import tarfile
from pathlib import Path

HERE = Path(__file__).parent
VERSIONS = (13, 20)


def unpack(version: int, folder: Path) -> Path:
    """Put ``sessions.db``, its ``-wal`` and the local Slack that it belongs to into a folder; returns the first."""
    with tarfile.open(HERE / f"{version}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder / "sessions.db"
