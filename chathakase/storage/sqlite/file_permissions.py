"""Who else than the bot may get at the database and its copies, as findings; nothing where nobody may."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from chathakase.core.amounts import counted
from chathakase.findings import Finding, Level
from chathakase.storage.sqlite.private import copies, readable_by_others


def check_access(path: Path) -> Iterator[Finding]:
    """Look at the rights of a SQLite file, of what belongs to it and of its folder."""
    if readable := readable_by_others(path):
        yield _readable(readable)
    folder = path.resolve().parent
    if who := _may_write(folder):
        text = f"{who} can write to {folder}, and could replace the database"
        yield Finding("folder", Level.WARNING, text, f"Fix it with: chmod go-w {folder}")
    if kept := copies(path):
        text = f"{counted(len(kept), 'copy', 'copies')} from before a migration, such as {kept[0].name}, may hold"
        advice = "Delete them when you no longer need them."
        yield Finding("copies", Level.NOTE, f"{text} what was forgotten since", advice)


def _readable(paths: list[Path]) -> Finding:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    text = f"others may read or change {paths[0]}{more}, which {'hold' if more else 'holds'} what people said"
    foreign = [each for each in paths if each.stat().st_uid != os.geteuid()]
    advice = "Its owner must fix it with: chmod 600." if foreign else "`chathakase run` fixes this when it starts."
    return Finding("files", Level.WARNING, text, advice)


def _may_write(folder: Path) -> str:
    """Who besides the folder's owner: a group of that one person is nobody else."""
    if os.name != "posix" or not folder.is_dir():
        return ""
    status = folder.stat()
    if status.st_mode & stat.S_IWOTH:
        return "everybody"
    return "a group" if status.st_mode & stat.S_IWGRP and status.st_gid != status.st_uid else ""
