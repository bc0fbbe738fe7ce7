"""``chathakase doctor`` as a process, on the local workspace with whatever trouble there can be."""

import asyncio
import fcntl
import json
import os
import pty
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from chathakase.config import Settings
from chathakase.diagnostics import diagnose, diagnose_running
from chathakase.engine.sessions import SessionManager
from chathakase.findings import Finding, Level, as_markdown, worst
from chathakase.playground.model.model_server import EchoModel, open_model
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.diagnostics.needs import COMMANDS, EVENTS, SCOPES, SHORTCUTS
from chathakase.slack.diagnostics.socket_diagnostics import SocketState
from chathakase.slack.web.client import open_web
from tests.end_to_end.conftest import OpenBot
from tests.preloaded import start

ROOT = Path(__file__).parents[2]
MAIN = "from chathakase.cli.commands import main; main()"
WITHOUT_RIGHTS = f"from tests.rights import give_up; give_up(); {MAIN}"
WITH_SHORT_FILES = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384)); {MAIN}"


@pytest.fixture
async def workspace(ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    """One whose app has what the bot needs, and nothing else."""
    async with open_workspace(
        scopes=SCOPES,
        subscriptions=EVENTS,
        commands=COMMANDS,
        shortcuts=SHORTCUTS,
        seed=1,
        ack_timeout=ack_timeout,
        retry_delays=retry_delays,
    ) as opened:
        yield opened


@pytest.fixture
async def echo() -> AsyncIterator[EchoModel]:
    async with open_model() as server:
        yield server


@pytest.fixture
def settings(settings: dict[str, Any], echo: EchoModel) -> dict[str, Any]:
    """With a model server that keeps a list of its models."""
    return settings | {"openai_base_url": echo.base_url, "chathakase_model": echo.model}


@pytest.fixture
def environment(settings: dict[str, Any]) -> dict[str, str]:
    return {name.upper(): str(value) for name, value in settings.items()}


@pytest.fixture
async def used(open_the_bot: OpenBot, database: Path) -> Path:
    """A database that a bot has made and left."""
    async with open_the_bot():
        pass
    return database


async def doctor(
    environment: dict[str, str],
    *arguments: str,
    code: str = MAIN,
    stdout: int = subprocess.PIPE,
    cold: bool = False,
) -> tuple[int, str]:
    """Run the command, ``cold`` where Python itself honours the environment; returns its exit code and what it said."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment}
    if not cold and code == MAIN and stdout == subprocess.PIPE:
        with TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            started = await start(("doctor", *arguments), environment, output)
            return await started.wait(), output.read_text()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        "doctor",
        *arguments,
        env=environment,
        stdout=stdout,
        stderr=subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (said or b"").decode()


def line(said: str, subject: str) -> str:
    """The one line about a subject, without what it is aligned with."""
    (found,) = (each for each in said.splitlines() if each[2:].startswith(f"{subject} "))
    return " ".join(found.split())


async def test_all_is_well(environment: dict[str, str], workspace: Workspace, used: Path) -> None:
    code, said = await doctor(environment | {"SLACK_CONFIG_TOKEN": workspace.config_token})
    assert code == 0, said
    assert said.endswith("\nAll is well.\n")
    subjects = [each.split("  ")[0] for each in said.splitlines() if each]
    assert subjects == [
        "✓ settings",
        "✓ bot token",
        "✓ scopes",
        "✓ events",
        "✓ app token",
        "✓ socket",
        "✓ clock",
        "✓ database",
        "✓ turns",
        "· messages",
        "✓ disk",
        "✓ model",
        "All is well.",
    ]
    assert "no bot is connected now" in line(said, "socket")
    assert f"{used} (" in line(said, "database")
    for secret in (workspace.bot_token, workspace.app_token, workspace.config_token):
        assert secret not in said
    assert [call.error for call in workspace.journal.calls() if not call.ok] == []


async def test_before_the_first_run_nothing_is_made(environment: dict[str, str], database: Path) -> None:
    code, said = await doctor(environment)
    assert code == 0
    assert "`chathakase run` creates it" in line(said, "database")
    assert line(said, "events").startswith("· events the bot's tokens cannot see")
    assert list(database.parent.iterdir()) == []


async def test_a_running_bot_is_seen_and_goes_on(
    environment: dict[str, str], bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str
) -> None:
    code, said = await doctor(environment | {"CHATHAKASE_DAILY_QUESTIONS": "20//2000"})
    assert code == 0
    assert "20 questions for each person; 2,000 questions for everybody" in line(said, "daily limits")
    assert "one bot is connected" in line(said, "socket")
    assert "nobody is waiting" in line(said, "turns")
    await alice.say("@ChatHakase hello", channel=general)
    await workspace.until(lambda: workspace.journal.calls("chat.update"))


async def test_everything_that_is_wrong_is_told_at_once(environment: dict[str, str], database: Path) -> None:
    database.write_text("my notes")
    wrong = {
        "SLACK_APP_TOKEN": "xapp-wrong",
        "CHATHAKASE_MODEL": "ecko",
        "CHATHAKASE_RATE_LIMITS": "chat.update=fast",
    }
    granted, subscribed = set(SCOPES) - {"im:history"}, set(EVENTS) - {"message.im"}
    async with open_workspace(scopes=granted, subscriptions=subscribed) as workspace:
        wrong |= {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_API_URL": workspace.api_url}
        code, said = await doctor(environment | wrong | {"SLACK_CONFIG_TOKEN": workspace.config_token})
    assert code == 1
    assert said.endswith("\nSomething is wrong.\n")
    assert line(said, "settings").startswith("✗ settings CHATHAKASE_RATE_LIMITS")
    assert line(said, "bot token").startswith("✓")
    assert line(said, "scopes") == "✗ scopes the bot token lacks im:history: direct messages are not received"
    assert line(said, "events").startswith("✗ events the app does not subscribe to message.im")
    assert line(said, "app token") == "✗ app token Slack does not accept SLACK_APP_TOKEN (invalid_auth)"
    assert line(said, "database") == f"✗ database {database}: the file is not a database"
    assert line(said, "model").endswith("has no ecko")
    assert said.count("→") == 6
    assert "Traceback" not in said


async def test_settings_that_are_wrong_are_told_like_at_the_start() -> None:
    wrong = {"SLACK_BOT_TOKEN": "xapp-swapped", "CHATHAKASE_HEALTH": "8081"}
    code, said = await doctor(wrong)
    assert code == 2
    for name in ("SLACK_APP_TOKEN is missing", "OPENAI_API_KEY is missing", *wrong):
        assert f"✗ settings  {name}" in said
    assert "swapped" not in said
    code, said = await doctor(wrong, "--json")
    assert code == 2
    assert {finding["subject"] for finding in json.loads(said)["findings"]} == {"settings"}


async def test_scripts_read_it_as_json(environment: dict[str, str]) -> None:
    code, said = await doctor(environment | {"CHATHAKASE_MODEL": "ecko"}, "--json")
    assert code == 1
    told = json.loads(said)
    assert told["level"] == "error"
    (model,) = (finding for finding in told["findings"] if finding["subject"] == "model")
    assert model["level"] == "error"
    assert sorted(model) == ["advice", "level", "subject", "text"]


async def test_where_only_ascii_is_written_nothing_else_is(environment: dict[str, str]) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "SLACK_APP_TOKEN": "xapp-wrong"}
    code, said = await doctor(environment | ascii_only, cold=True)
    assert code == 1
    assert said.isascii()
    assert line(said, "bot token").startswith("+ ")
    assert line(said, "app token").startswith("x ")
    assert '-> Make an app-level token (xapp-...) with the scope connections:write under "Basic' in said


async def test_on_a_terminal_it_has_colours_and_columns(environment: dict[str, str]) -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 72, 0, 0))
    try:
        code, _ = await doctor(environment | {"TERM": "xterm-256color"}, stdout=terminal)
        said = os.read(controller, 65_536).decode()
    finally:
        os.close(controller)
        os.close(terminal)
    assert code == 0
    assert "\x1b[32m✓" in said
    shown = re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert max(map(len, shown.splitlines())) <= 72


async def test_what_hangs_is_not_waited_for(environment: dict[str, str], used: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        async with asyncio.timeout(30):
            code, said = await doctor(environment | {"SLACK_API_URL": url, "OPENAI_BASE_URL": url})
    assert code == 1
    assert "does not answer within 3 s" in line(said, "Slack")
    assert "does not answer within 5 s" in line(said, "model")
    assert line(said, "database").startswith("✓")


async def test_a_read_only_database_is_told(environment: dict[str, str], used: Path) -> None:
    used.chmod(0o444)
    used.parent.chmod(0o555)
    try:
        code, said = await doctor(environment, code=WITHOUT_RIGHTS)
    finally:
        used.parent.chmod(0o755)
    assert code == 1
    assert "(Permission denied)" in line(said, "disk")
    assert line(said, "database").startswith("✗")


async def test_a_locked_database_is_told(environment: dict[str, str], used: Path) -> None:
    with closing(sqlite3.connect(used, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = await doctor(environment)
    assert code == 1
    assert line(said, "database") == f"✗ database {used}: the database is locked"


async def test_a_damaged_database_is_told(environment: dict[str, str], used: Path) -> None:
    content = used.read_bytes()
    used.write_bytes(content[:8192] + b"\xff" * 8192 + content[16384:])
    code, said = await doctor(environment)
    assert code == 1
    assert line(said, "database") == f"✗ database {used}: the database is damaged"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[tuple[Path, str, str]]:
    """A folder on a disk without room, what to run there, and how it is told.

    Where nothing may be mounted, the system lets files of the process grow no longer instead.
    """
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        yield folder, WITH_SHORT_FILES, "(File too large)"
        return
    try:
        yield folder, MAIN, "(No space left on device)"
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told(environment: dict[str, str], used: Path, full_disk: tuple[Path, str, str]) -> None:
    folder, code_, words = full_disk
    there = folder / used.name
    there.write_bytes(used.read_bytes())
    if code_ == MAIN:
        fill(folder / "everything")
    code, said = await doctor(environment | {"CHATHAKASE_DATABASE_URL": f"sqlite:///{there}"}, code=code_)
    assert code == 1
    assert line(said, "disk") == f"✗ disk nothing can be written in {folder} {words}"


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as everything:
        try:
            while True:
                everything.write(b"\0" * 4096)
        except OSError:
            return


async def test_an_event_that_it_is_handed_meanwhile_is_not_lost(
    settings: dict[str, Any], bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str
) -> None:
    asked: list[str] = []

    def ask(sockets: int) -> None:
        if sockets > 1 and not asked:
            asked.extend(
                workspace.world.post(general, alice.id, f"<@{workspace.world.bot.id}> {number}").ts
                for number in range(8)
            )

    workspace._links.of(workspace.world.app.id).sockets.on_count(ask)
    await diagnose(Settings(**settings))
    await workspace.until(lambda: len(asked) == 8 and all(map(answered(workspace, general), asked)), within=30)


def answered(workspace: Workspace, channel: str) -> Callable[[str], bool]:
    return lambda ts: len(workspace.world.timeline(channel).with_replies(ts)) > 1


async def test_a_running_bot_can_look_from_within(settings: dict[str, Any], used: Path, workspace: Workspace) -> None:
    read = Settings(**settings | {"chathakase_daily_questions": "20"})
    token, state = workspace.bot_token, SocketState(connected=True, consumers=3, last_event_age=4.2)
    async with open_web(token=token, api_url=workspace.api_url, call_timeout=5) as web:
        findings = await diagnose_running(read, web, state)
    assert worst(findings) is Level.WARNING
    assert "clock" in {finding.subject for finding in findings}
    message = as_markdown(findings)
    assert message.startswith("**It works, but needs attention.**\n- ✅ **bot token**: accepted")
    assert "- ⚠️ **socket**: connected, but Slack counts 2 other connections" in message
    assert "share its events → *Find the other process" in message
    assert "- ✅ **daily limits**: 20 questions for each person" in message
    assert workspace.sockets == 0


async def test_a_look_that_fails_spoils_no_other(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(**_: object) -> list[Finding]:
        raise RuntimeError("swordfish")

    monkeypatch.setattr("chathakase.diagnostics.check_model", fail)
    findings = await diagnose(Settings(**settings))
    (model,) = (finding for finding in findings if finding.subject == "model")
    assert model.level is Level.ERROR
    assert "RuntimeError" in model.text
    assert "swordfish" not in model.text
    assert len(findings) > 5
