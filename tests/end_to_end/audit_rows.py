"""What stands in the audit log of a bot's database, read from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def audit_rows(database: Path) -> list[tuple[Any, ...]]:
    """Of each entry who did what and what became of it, the channel and the thread, then everything else but its id."""
    about = "who, deed, outcome, channel, thread, person, amount, session, at, surface, workspace"
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT {about} FROM audit ORDER BY id").fetchall()
