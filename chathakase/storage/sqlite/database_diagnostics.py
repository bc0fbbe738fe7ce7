"""What state the database is in, told without a change to it; where there is none yet, none is made."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Timer

from chathakase.core.amounts import counted, size, span
from chathakase.findings import Finding, Level
from chathakase.storage.database import Row
from chathakase.storage.sqlite.disk import check_disk
from chathakase.storage.sqlite.file_permissions import check_access
from chathakase.storage.sqlite.migrate import CHANGED, CHECKSUMS, RUN_THE_OTHER, changed_migration, newest_version
from chathakase.storage.sqlite.recount import WRONG
from chathakase.storage.sqlite.sqlite_dialect import Binding
from chathakase.storage.sqlite.sqlite_errors import TOLD, DatabaseError, SqliteFailure, advice_of, database_error_of
from chathakase.storage.sqlite.version import version_of
from chathakase.storage.stores.place_columns import SOMEWHERE
from chathakase.storage.stores.waiting_sessions import WAITING, WaitingSessions, read_waiting

SUBJECT = "database"
TIMEOUT = 2.0
"""Seconds that the write lock may be somebody else's; the bot itself holds it for milliseconds."""
READ_WITHIN = 5.0
"""Seconds for reading the whole file through."""
LONG_WAIT = 300.0
"""Seconds after which somebody waits for an answer strangely long."""

# Of each session only the newest message is looked at.
ARRIVED = f"""
SELECT kind, max(came) FROM (
    SELECT CASE WHEN substr(channel, 1, length(?1)) = ?1 THEN 'direct' ELSE 'channel' END AS kind,
        (SELECT at FROM messages WHERE session = sessions.id AND role <> 'assistant' ORDER BY seq DESC LIMIT 1) AS came
    FROM sessions WHERE {SOMEWHERE}) WHERE came IS NOT NULL GROUP BY kind
"""


async def check_database(path: Path, *, now: int, direct: str) -> list[Finding]:
    """Look at a SQLite file, its folder and its disk; also while a bot uses it.

    ``now`` is in epoch milliseconds, and ``direct`` is how the ids of direct messages begin. Takes some seconds where
    the file is locked or large.
    """
    return await asyncio.to_thread(_look, path, now, direct)


def _look(path: Path, now: int, direct: str) -> list[Finding]:
    path = path.absolute()
    disk = check_disk(path)
    try:
        if not path.exists():
            none = Finding(SUBJECT, Level.NOTE, f"there is no {path} yet; `chathakase run` creates it")
            return [disk] if disk.level is Level.ERROR else [none, *check_access(path), disk]
        access = list(check_access(path))
        with _opened(path) as (reader, writer):
            return [_look_at_file(path, reader, writer), *_look_inside(reader, now, direct), *access, disk]
    except PermissionError:
        return [disk]
    except DatabaseError as error:
        return [_refused(path, error.failure), disk]
    except sqlite3.Error as error:
        failure = database_error_of(error).failure
        return [_refused(path, failure, str(error) if failure is SqliteFailure.OTHER else ""), disk]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """A reading and a writing connection.

    The last one to be closed folds the -wal into the file and removes it, if it may write; so what a crash left behind
    stays as it is, and where there was nothing, nothing stays.
    """
    modes = ("ro", "rw") if _wal(path).exists() else ("rw", "ro")
    with ExitStack() as stack:
        by_mode = {mode: stack.enter_context(closing(_connected(path, mode))) for mode in modes}
        yield by_mode["ro"], by_mode["rw"]


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=TIMEOUT, isolation_level=None)
    try:
        # SQLite opens the file when it first reads in it, and only then tidies up after itself.
        connection.execute("PRAGMA schema_version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _look_at_file(path: Path, reader: sqlite3.Connection, writer: sqlite3.Connection) -> Finding:
    have, newest = version_of(reader), newest_version()
    if have > newest:
        text = f"{path} has version {have}, and this ChatHakase knows versions up to {newest}"
        return Finding(SUBJECT, Level.ERROR, text, "Run the newer ChatHakase again, or name another database.")
    if changed := changed_migration(_checksums(reader)):
        advice = f"{RUN_THE_OTHER[:1].upper()}{RUN_THE_OTHER[1:]}."
        return Finding(SUBJECT, Level.ERROR, f"{path} {CHANGED.format(changed)}", advice)
    whole = _is_whole(writer)
    if whole is False:
        return _refused(path, SqliteFailure.DAMAGED)
    _try_to_write(writer)
    condition = "is intact" if whole else "is too large for a full check"
    version = (
        f"has version {have}" if have == newest else f"is migrated from version {have} to {newest} at the next start"
    )
    return Finding(SUBJECT, Level.OK, f"{path} ({_sizes(path)}) can be written, {condition} and {version}")


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Begin a change and undo it. (On a file that is read-only, SQLite refuses no BEGIN, only what follows.)"""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE probe (x)")
    connection.execute("ROLLBACK")


def _sizes(path: Path) -> str:
    beside = _wal(path).stat().st_size if _wal(path).exists() else 0
    return size(path.stat().st_size) + (f" and {size(beside)} in its -wal" if beside else "")


def _checksums(connection: sqlite3.Connection) -> list[Row]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'checksums'").fetchone():
        return []
    return connection.execute(CHECKSUMS).fetchall()


def _is_whole(connection: sqlite3.Connection) -> bool | None:
    """Whether every page makes sense; None when reading them all takes too long."""
    limit = Timer(READ_WITHIN, connection.interrupt)
    limit.start()
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        limit.cancel()


def _look_inside(connection: sqlite3.Connection, now: int, direct: str) -> Iterator[Finding]:
    """What is in a database that this software can read; of another version nothing is told."""
    if version_of(connection) != newest_version():
        return
    (sessions,) = connection.execute("SELECT count(*) FROM sessions").fetchone()
    yield _waits(sessions, read_waiting(connection.execute(*Binding(lambda: now)(WAITING, ())).fetchone()))
    if wrong := connection.execute(WRONG).fetchall():
        text = f"the stored counts of {counted(len(wrong), 'recent session')} are wrong"
        yield Finding("counts", Level.WARNING, text, "Restart the bot; it counts their messages again when it starts.")
    yield _arrived({kind: span((now - at) / 1000) for kind, at in connection.execute(ARRIVED, (direct,))})


def _waits(sessions: int, waiting: WaitingSessions) -> Finding:
    stored = f"{counted(sessions, 'session')} stored"
    if not waiting.turns:
        return Finding("turns", Level.OK, f"{stored}, nobody is waiting for an answer")
    text = f"{stored}, {waiting.turns:,} waiting for or receiving an answer, the longest for {span(waiting.oldest)}"
    if waiting.oldest < LONG_WAIT:
        return Finding("turns", Level.OK, text)
    return Finding("turns", Level.WARNING, text, "Start the bot, or check its log for what is holding it up.")


def _arrived(ages: dict[str, str]) -> Finding:
    if not ages:
        return Finding("messages", Level.NOTE, "no messages from Slack are stored yet")
    kinds = {"channel": "from channels", "direct": "from direct messages"}
    newest = {kind: f"the newest came {age} ago" for kind, age in ages.items()}
    told = (f"{words} {newest.get(kind, 'none is stored')}" for kind, words in kinds.items())
    return Finding("messages", Level.OK, ", ".join(told))


def _refused(path: Path, failure: SqliteFailure, detail: str = "") -> Finding:
    text = TOLD[failure].partition(": ")[0] + (f" ({detail})" if detail else "")
    return Finding(SUBJECT, Level.ERROR, f"{path}: {text}", advice_of(failure))
