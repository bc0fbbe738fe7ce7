"""What is told of a database, which is left as it was."""

import asyncio
import os
import resource
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chathakase.findings import Finding, Level, worst
from chathakase.storage.sqlite import database_diagnostics, disk
from chathakase.storage.sqlite.database_diagnostics import check_database
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate, migrations
from chathakase.storage.stores.waiting_sessions import WaitingSessions, count_waiting
from tests.rights import without_rights
from tests.storage.database_stores import PLACE, DatabaseClock, DatabaseStores, answer

pytestmark = pytest.mark.slow

NOW = DatabaseClock.now


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    assert len({finding.subject for finding in findings}) == len(findings)
    return {finding.subject: finding for finding in findings}


async def look(path: Path) -> dict[str, Finding]:
    return by_subject(await check_database(path, now=NOW, direct="D"))


def everything_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and "-shm" not in file.name}


@pytest.fixture
async def closed(database: Path) -> Path:
    """A database that nobody uses."""
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    return database


async def test_a_database_that_is_not_there_yet_is_not_made(database: Path) -> None:
    findings = await look(database)
    assert findings["database"].level is Level.NOTE
    assert "`chathakase run` creates it" in findings["database"].text
    assert findings["disk"].level is Level.OK
    assert list(database.parent.iterdir()) == []


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    findings = await look(tmp_path / "no" / "such.db")
    assert findings == {"disk": findings["disk"]}
    assert findings["disk"].level is Level.ERROR
    assert findings["disk"].text == f"there is no folder {tmp_path / 'no'}"


async def test_a_database_that_is_well(closed: Path) -> None:
    before = everything_in(closed.parent)
    findings = await look(closed)
    assert worst(findings.values()) is Level.NOTE
    assert f"{closed} (" in findings["database"].text
    assert f"can be written, is intact and has version {migrations()[-1].version}" in findings["database"].text
    assert findings["turns"].text == "0 sessions stored, nobody is waiting for an answer"
    assert findings["messages"] == Finding("messages", Level.NOTE, "no messages from Slack are stored yet")
    assert everything_in(closed.parent) == before
    assert list(closed.parent.iterdir()) == [closed]


async def test_an_empty_file_is_a_database_to_be(database: Path) -> None:
    database.touch()
    findings = await look(database)
    assert "is migrated from version 0 to" in findings["database"].text
    assert "turns" not in findings


@pytest.mark.usefixtures("outside")
async def test_what_a_crash_left_behind_stays(database: Path) -> None:
    script = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA journal_mode = WAL'); c.execute('CREATE TABLE schema_migrations (version)'); os._exit(0)"
    )
    await (await asyncio.create_subprocess_exec(sys.executable, "-c", script, database)).wait()
    before = everything_in(database.parent)
    assert len(before) == 2
    assert "in its -wal" in (await look(database))["database"].text
    assert everything_in(database.parent) == before


async def test_who_waits_is_counted_while_the_bot_runs(stores: DatabaseStores, database: Path) -> None:
    await stores.say("1")
    stores.clock.now += 90_000
    await stores.say("2")
    stores.clock.now += 31_000
    assert await count_waiting(stores.database) == WaitingSessions(1, 121.0)
    (_, turns, messages, _) = await check_database(database, now=stores.clock.now, direct="D")
    assert turns == Finding(
        "turns", Level.OK, "1 session stored, 1 waiting for or receiving an answer, the longest for 2 min 1 s"
    )
    assert messages.text == "from channels the newest came 31 s ago, from direct messages none is stored"
    stores.clock.now += 300_000
    (_, turns, *_) = await check_database(database, now=stores.clock.now, direct="D")
    assert turns.level is Level.WARNING
    lease = await stores.claimed()
    await stores.turns.finish(lease, answer("done"))
    assert await count_waiting(stores.database) == WaitingSessions(0, 0.0)


async def test_a_turn_that_is_requested_again_waits_from_then_on(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "hello")
    stores.clock.now += 1_000_000
    assert await stores.interaction(turn)
    stores.clock.now += 4_000
    assert await count_waiting(stores.database) == WaitingSessions(1, 4.0)
    await stores.say("2")
    assert (await count_waiting(stores.database)).turns == 1


async def test_direct_messages_are_told_from_others(stores: DatabaseStores, database: Path) -> None:
    await stores.say("1")
    stores.clock.now += 7_200_000
    await stores.say("1", place=PLACE.beside("D1", "1.000001"))
    findings = by_subject(await check_database(database, now=stores.clock.now + 5_000, direct="D"))
    assert findings["messages"].text == (
        "from channels the newest came 2 h 5 s ago, from direct messages the newest came 5 s ago"
    )


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
async def test_a_lock_that_somebody_does_not_let_go_is_told(
    lock: str, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_diagnostics, "TIMEOUT", 0.1)
    with closing(sqlite3.connect(closed, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute(f"BEGIN {lock}")
        findings = await look(closed)
    assert findings["database"].level is Level.ERROR
    assert findings["database"].text == f"{closed}: the database is locked"
    assert "end that program" in findings["database"].advice


def garbage(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def garbled_pages(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * 8192 + content[16384:])


def half_of_it(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def notes(path: Path) -> None:
    path.write_text("my notes")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def from_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (999, 'from_the_future', 0)")


def another_migration(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE checksums SET checksum = 'another' WHERE version = 7")


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE schema_migrations (version TEXT, dirty)")
        connection.execute("CREATE TABLE users (name)")


def a_strange_one(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TABLE messages")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (garbage, "the file is not a database"),
        (garbled_pages, "the database is damaged"),
        (half_of_it, "the database is damaged"),
        (notes, "the file is not a database"),
        (a_folder, "the database cannot be opened"),
        (from_the_future, "has version 999, and this ChatHakase knows versions up to"),
        (another_migration, "was made by a migration 7 (memory) that differs from this ChatHakase's"),
        (of_another_program, "the database belongs to another program"),
        (a_strange_one, "the database refused (no such table: messages)"),
    ],
)
async def test_what_cannot_be_used_is_told_and_left_alone(
    spoil: Callable[[Path], None], words: str, closed: Path
) -> None:
    spoil(closed)
    before = everything_in(closed.parent)
    findings = await look(closed)
    assert findings["database"].level is Level.ERROR
    assert words in findings["database"].text
    assert everything_in(closed.parent) == before


async def test_an_older_database_is_well(closed: Path) -> None:
    with closing(sqlite3.connect(closed, isolation_level=None)) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version > 1")
    findings = await look(closed)
    assert findings["database"].level is Level.OK
    assert "is migrated from version 1 to" in findings["database"].text


async def test_a_read_only_file_is_told(closed: Path) -> None:
    closed.chmod(0o444)
    findings = by_subject(without_rights(lambda: database_diagnostics._look(closed, NOW, "D")))
    assert findings["database"].level is Level.ERROR
    assert findings["database"].text == f"{closed}: the database is read-only"
    assert findings["disk"].level is Level.OK


@contextmanager
def mode(folder: Path, bits: int) -> Iterator[None]:
    folder.chmod(bits)
    try:
        yield
    finally:
        folder.chmod(0o755)


async def test_a_read_only_folder_is_told(closed: Path) -> None:
    with mode(closed.parent, 0o555):
        findings = by_subject(without_rights(lambda: database_diagnostics._look(closed, NOW, "D")))
        assert findings["disk"].level is Level.ERROR
        assert findings["disk"].text == f"nothing can be written in {closed.parent} (Permission denied)"
        assert "Allow writing" in findings["disk"].advice
        closed.unlink()
        (only,) = without_rights(lambda: database_diagnostics._look(closed, NOW, "D"))
        assert only == findings["disk"]


async def test_a_folder_that_lets_nobody_in_is_told(closed: Path) -> None:
    with mode(closed.parent, 0o000):
        (only,) = without_rights(lambda: database_diagnostics._look(closed, NOW, "D"))
    assert only.text == f"nothing can be written in {closed.parent} (Permission denied)"


async def test_a_disk_that_takes_nothing_more_is_told(closed: Path) -> None:
    """The system makes no file of this process longer, as when a quota is used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))
    try:
        findings = await look(closed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert findings["disk"].level is Level.ERROR
    assert findings["disk"].text == f"nothing can be written in {closed.parent} (File too large)"


async def test_little_room_is_told(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LOW", shutil.disk_usage(closed).free * 2)
    findings = await look(closed)
    assert findings["disk"].level is Level.WARNING
    assert findings["disk"].text.startswith("only ")


async def test_a_file_that_takes_too_long_to_read_is_not_read_through(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(closed)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("CREATE TABLE slow (x CHECK (length(hex(zeroblob(x))) > 0))")
        connection.executemany("INSERT INTO slow VALUES (?)", [(5_000_000,)] * 200)
        connection.commit()
    monkeypatch.setattr(database_diagnostics, "READ_WITHIN", 0.05)
    findings = await look(closed)
    assert findings["database"].level is Level.OK
    assert "is too large for a full check" in findings["database"].text


def test_the_machine_lets_us_give_up_rights(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch(0o444)
    assert not without_rights(lambda: os.access(file, os.W_OK, effective_ids=True))
