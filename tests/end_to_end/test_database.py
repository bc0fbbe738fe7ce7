"""A database that fails under the running bot: nothing is acknowledged that is not stored, nothing answered twice."""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from chathakase import app
from chathakase.core.memory import Memory
from chathakase.core.retrying import RetryPolicy
from chathakase.engine.turns import insisting, outage
from chathakase.playground.journal import EnvelopeSent
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure
from chathakase.storage.stores.memory_store import SqlMemoryStore
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.end_to_end.process import running, spawn
from tests.model_server import ModelServer, says
from tests.preloaded import Process
from tests.storage.database_faults import damaged, failing, full, held_by_another_process, locked, moved, read_only
from tests.storage.test_faults import garbage, garbled_pages, half_of_it, notes

Start = Callable[..., Awaitable[Thread]]
Strike = Callable[[SqliteDatabase], AbstractAsyncContextManager[None]]
STRIKES = (locked, read_only, failing, damaged, moved)
LONG = "x" * 20_000
"""More than the file has room for in what it has already, when the disk is full."""


@pytest.fixture
def ack_timeout() -> float:
    """Seconds; short, since what is not stored is not acknowledged."""
    return 0.5


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    return (0.0, *(0.2 for _ in range(60)))


@pytest.fixture
async def opened(open_the_bot: OpenBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteDatabase]:
    """The database of a bot that runs."""
    databases: list[SqliteDatabase] = []
    open_database = app._open_database

    async def remember(*args: object) -> object:
        databases.append(await open_database(*args))  # type: ignore[arg-type]
        return databases[0]

    monkeypatch.setattr(app, "_open_database", remember)
    monkeypatch.setattr(insisting, "SAVING", RetryPolicy(first_wait=0.1))
    async with open_the_bot():
        yield databases[0]


def sent(workspace: Workspace, text: str) -> list[EnvelopeSent]:
    return [envelope for envelope in workspace.journal.envelopes() if text in str(envelope.event.get("text"))]


def acked(workspace: Workspace, envelopes: list[EnvelopeSent]) -> bool:
    ids = {ack.envelope_id for ack in workspace.journal.acks()}
    return any(envelope.envelope["envelope_id"] in ids for envelope in envelopes)


def stored(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return {
            "messages": connection.execute("SELECT role, text FROM messages ORDER BY at, seq").fetchall(),
            "turns": connection.execute("SELECT outcome, run FROM turns").fetchall(),
            "waiting": connection.execute("SELECT asked > answered, lease_owner FROM sessions").fetchall(),
            "check": connection.execute("PRAGMA integrity_check").fetchall(),
        }


@pytest.mark.parametrize("strike", [full, *STRIKES])
async def test_what_cannot_be_stored_is_delivered_again_and_answered_once(
    strike: Strike,
    opened: SqliteDatabase,
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with strike(opened):
        thread = await start(f"@ChatHakase swordfish? {LONG}")
        await workspace.until(lambda: len(sent(workspace, "swordfish")) >= 6)
        assert not acked(workspace, sent(workspace, "swordfish"))
        assert thread.texts() == []
    model.will(says("Yes."))
    assert await thread.answers(1) == ["Yes."]
    await workspace.until(lambda: workspace.pending_events == 0 and stored(database)["turns"])
    assert len(model.requests) == 1
    assert stored(database) == {
        "messages": [("user", f"swordfish? {LONG}"), ("assistant", "Yes.")],
        "turns": [("answered", 1)],
        "waiting": [(0, None)],
        "check": [("ok",)],
    }
    assert "could not be stored, so Slack will deliver it again: the " in caplog.text
    assert "swordfish" not in caplog.text


@pytest.mark.parametrize("strike", [full, *STRIKES])
async def test_whoever_asks_is_told_once_that_the_database_fails(
    strike: Strike, opened: SqliteDatabase, workspace: Workspace, start: Start, general: str, bob: PersonClient
) -> None:
    among_themselves = await bob.say("lunch?", channel=general)
    async with strike(opened):
        thread = await start(f"@ChatHakase swordfish? {LONG}")
        await bob.say("who comes?", channel=general, thread_ts=among_themselves)
        assert await await_ephemeral(workspace, thread.person, "Something is wrong with my database") == outage.TOLD
        await workspace.until(lambda: len(sent(workspace, "swordfish")) >= 12)
        assert ephemerals(workspace, thread.person) == [outage.TOLD]
        assert ephemerals(workspace, bob) == []
    await thread.answers(1)


async def test_whoever_waits_is_told_when_what_they_asked_cannot_be_read(
    opened: SqliteDatabase, workspace: Workspace, start: Start, bot_fault: Callable[[], None]
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    bot_fault()
    await thread.say("and now?")
    assert await await_ephemeral(workspace, thread.person, "my database") == outage.TOLD


@pytest.fixture
def bot_fault(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Nothing that stands in a thread can be read any more, as when some of a file's pages are damaged."""

    async def damaged_pages(*_: object, **__: object) -> Memory:
        raise DatabaseError(SqliteFailure.DAMAGED)

    return lambda: monkeypatch.setattr(SqlMemoryStore, "memory", damaged_pages)


@pytest.mark.parametrize("strike", STRIKES)
@pytest.mark.parametrize("shown", [True, False], ids=["half shown", "nothing shown yet"])
async def test_a_turn_under_way_ends_once_in_one_message(
    shown: bool,
    strike: Strike,
    opened: SqliteDatabase,
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    go_on = asyncio.Event()
    model.will(says("Half", " of it", hold=go_on) if shown else says("Half of it", wait=go_on))
    thread = await start("@ChatHakase hello")
    if shown:
        await thread.answers(1, containing="Half")
    else:
        await workspace.until(lambda: model.under_way)
    async with strike(opened):
        go_on.set()
        await thread.answers(1, containing="Half of it")
        await workspace.until(lambda: "is not saved yet" in caplog.text)
    await workspace.until(lambda: stored(database)["turns"])
    assert stored(database) == {
        "messages": [("user", "hello"), ("assistant", "Half of it")],
        "turns": [("answered", 1)],
        "waiting": [(0, None)],
        "check": [("ok",)],
    }
    await thread.say("and now?")
    assert await thread.answers(2, containing="and now?") == ["Half of it", "I heard: [alice] and now?"]
    assert len(model.requests) == 2


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"CHATHAKASE_GRACE": "1"}


async def ended(process: Process) -> int:
    """Tell a process to end; it has another code than 0 when it had to be ended by force after its time."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), 30)


@pytest.mark.long
async def test_a_process_outlives_a_disk_that_fails_for_a_while(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, database: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    async with running(environment, workspace, log) as process:
        room = Path(f"{database}-wal").stat().st_size
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        thread = await start("@ChatHakase swordfish?")
        await workspace.until(lambda: len(sent(workspace, "swordfish")) >= 6)
        assert not acked(workspace, sent(workspace, "swordfish"))
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert await thread.answers(1) == ["I heard: [alice] swordfish?"]
        await workspace.until(lambda: stored(database)["turns"])
        assert await ended(process) == 0
    assert len(model.requests) == 1
    assert "SQLITE_IOERR_WRITE" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert "swordfish" not in log.read_text()


@pytest.mark.long
async def test_a_process_ends_in_time_while_its_database_is_locked(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, database: Path, tmp_path: Path
) -> None:
    log, go_on = tmp_path / "log", asyncio.Event()
    model.will(says("Half", " of it", hold=go_on))
    async with running(environment, workspace, log) as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        await workspace.until(lambda: workspace.pending_events == 0)
        async with held_by_another_process(database):
            other = await start("@ChatHakase swordfish?")
            go_on.set()
            await thread.answers(1, containing="Half of it")
            code = await ended(process)
    assert (code, acked(workspace, sent(workspace, "swordfish"))) == (0, False)
    async with running(environment, workspace, log):
        await other.answers(1, containing="swordfish?", within=30)
        await workspace.until(lambda: len(stored(database)["turns"]) == 2, 30)
    assert (len(thread.texts()), len(other.texts())) == (1, 1)
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("spoil", [garbage, notes, garbled_pages, half_of_it])
async def test_a_file_that_is_not_whole_ends_the_start_with_a_word(
    spoil: Callable[[Path], None], environment: dict[str, str], database: Path, tmp_path: Path
) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    spoil(database)
    before = database.read_bytes()
    process = await spawn(environment, tmp_path / "log")
    async with asyncio.timeout(30):
        assert await process.wait() == 1
    said = (tmp_path / "log").read_text()
    assert said.startswith(f"ChatHakase cannot start: CHATHAKASE_DATABASE_URL: {database}: the ")
    assert "move it away to start afresh" in said
    assert "Traceback" not in said
    assert database.read_bytes() == before


async def test_times_are_told_by_the_one_clock_of_the_machine(
    open_the_bot: OpenBot, start: Start, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, day = app.now, 86_400_000
    monkeypatch.setattr(app, "now", lambda: right() + day)
    began = right()
    async with open_the_bot():
        await (await start("@ChatHakase hello")).answers(1)
    with closing(sqlite3.connect(database)) as connection:
        times = connection.execute(
            "SELECT began_at, active_at FROM sessions UNION SELECT began_at, ended_at FROM turns"
        )
        assert all(began + day <= moment <= right() + day for row in times for moment in row)
