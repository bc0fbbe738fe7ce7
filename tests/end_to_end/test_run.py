"""``chathakase run`` as a process: how it starts, refuses to start, logs, stops and comes back."""

import asyncio
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import web

from chathakase.playground.server import Workspace
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.end_to_end.conftest import Thread
from tests.end_to_end.process import running, spawn
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries for as long as a process takes to start on a busy machine."""
    return (0.0, 1.0, 20.0)


async def refused(environment: dict[str, str], log: Path, within: float = 30.0) -> tuple[int, str]:
    """Run until it gives up; returns the exit code and what was said."""
    process = await spawn(environment, log)
    try:
        async with asyncio.timeout(within):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return code, log.read_text()


async def test_it_answers_and_stops_when_told(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    # It does not wait for its grace period to end.
    async with running(environment | {"CHATHAKASE_GRACE": "600"}, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello swordfish")
        await thread.answers(1, containing="hello")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    log = (tmp_path / "log").read_text()
    assert "Connected to Slack" in log
    assert "answered" in log
    assert "Traceback" not in log
    assert "WARNING" not in log
    for secret in ("swordfish", environment["SLACK_BOT_TOKEN"], environment["SLACK_APP_TOKEN"]):
        assert secret not in log


async def test_a_killed_turn_is_taken_up_again_in_its_own_message(
    environment: dict[str, str], workspace: Workspace, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    model.will(says("Half", " of it", hold=asyncio.Event()), says("The whole of it."))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Half")
        await asyncio.sleep(0.3)
        process.kill()
        await process.wait()
    async with running(environment, workspace, tmp_path / "log"):
        assert await thread.answers(1, containing="The whole", within=30) == ["The whole of it."]
        await thread.say("and now?")
        await thread.answers(2, containing="and now?")
    assert [message["content"] for message in model.requests[-1]["messages"][1:]] == [
        "[alice] hello",
        "The whole of it.",
        "[alice] and now?",
    ]


async def test_what_was_said_while_it_was_down_is_answered(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    thread = await start("@ChatHakase anybody home?")
    async with running(environment, workspace, tmp_path / "log"):
        await thread.answers(1, containing="home?")


async def test_everything_wrong_with_the_settings_is_told_at_once(tmp_path: Path) -> None:
    environment = {
        "SLACK_BOT_TOKEN": "xapp-swapped",
        "SLACK_API_URL": "slack.com",
        "CHATHAKASE_TEMPERATURE": "hot",
        "CHATHAKASE_MAX_MESSAGES": "0",
        "CHATHAKASE_EXPIRY": "burn",
        "CHATHAKASE_DATABASE_URL": "mysql://x",
    }
    code, said = await refused(environment, tmp_path / "log")
    assert code == 2
    for name in ("SLACK_APP_TOKEN is missing", "OPENAI_API_KEY is missing", *environment):
        assert name in said
    assert "xapp-swapped" not in said
    assert "Traceback" not in said


async def test_settings_may_stand_in_an_env_file(
    environment: dict[str, str], workspace: Workspace, start: Start, own_folder: Path
) -> None:
    (own_folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    async with running({"CHATHAKASE_MODEL": "from-the-environment"}, workspace, own_folder / "log"):
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await thread.say("session info")
        await thread.answers(2, containing="from-the-environment")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_bad_token_ends_it_with_a_word(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    prefix = environment[name][:5]
    code, said = await refused(environment | {name: f"{prefix}wrong"}, tmp_path / "log")
    assert code == 1
    assert f"does not accept {name} (invalid_auth)" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_trouble_that_passes_does_not_keep_it_from_starting(
    method: str, environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    workspace.faults.http_error(method, 503, times=2)
    workspace.faults.lose_call(method)
    async with running(environment, workspace, tmp_path / "log"):
        await (await start("@ChatHakase hello")).answers(1)


async def test_an_unreachable_slack_ends_it_with_a_word(environment: dict[str, str], tmp_path: Path) -> None:
    code, said = await refused(environment | {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, tmp_path / "log")
    assert code == 1
    assert "cannot be reached at http://127.0.0.1:9/api/" in said
    assert "Traceback" not in said


async def test_a_slack_that_never_answers_ends_it_with_a_word(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        code, said = await refused(environment | {"SLACK_API_URL": url}, tmp_path / "log")
    assert code == 1
    assert "cannot be reached" in said


@pytest.mark.parametrize("manner", ["refuses", "hangs up", "switched off"])
async def test_a_refused_socket_ends_it_with_a_word(manner: str, environment: dict[str, str], tmp_path: Path) -> None:
    async with a_slack_whose_socket(manner) as url:
        code, said = await refused(environment | {"SLACK_API_URL": url}, tmp_path / "log")
    assert code == 1
    assert "Slack refused the socket" in said
    assert "Socket Mode" in said


@asynccontextmanager
async def a_slack_whose_socket(manner: str) -> AsyncIterator[str]:
    async def auth(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1", "user": "hakase"})

    async def opened(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    async def link(request: web.Request) -> web.StreamResponse:
        if manner == "refuses":
            return web.Response(status=403)
        socket_ = web.WebSocketResponse()
        await socket_.prepare(request)
        if manner == "switched off":
            await socket_.send_json({"type": "disconnect", "reason": "link_disabled"})
        await socket_.close()
        return socket_

    application = web.Application()
    application.add_routes(
        [web.post("/api/auth.test", auth), web.post("/api/apps.connections.open", opened), web.get("/link", link)]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def test_a_database_of_a_newer_version_is_refused(
    environment: dict[str, str], workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "first") as process:
        process.terminate()
        await process.wait()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("INSERT INTO schema_migrations VALUES (999, 'from_the_future', 0)")
    before = database.read_bytes()
    code, said = await refused(environment, tmp_path / "log")
    assert code == 1
    assert "version 999" in said
    assert database.read_bytes() == before


async def test_a_database_made_by_another_migration_is_told_by_its_own_exit_code(
    environment: dict[str, str], database: Path, tmp_path: Path
) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
        async with opened.transaction() as transaction:
            await transaction.execute("UPDATE checksums SET checksum = 'another' WHERE version = 7")
    code, said = await refused(environment, tmp_path / "log")
    assert (code, said.count("\n")) == (2, 1)
    assert "a migration 7 (memory) that differs from this ChatHakase's: run the ChatHakase that made it" in said


async def test_a_database_that_cannot_be_written_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/no/such/folder/x.db"
    code, said = await refused(environment | {"CHATHAKASE_DATABASE_URL": url}, tmp_path / "log")
    assert code == 1
    assert "CHATHAKASE_DATABASE_URL" in said
    assert "Traceback" not in said
