"""A session is given back as two files, by a command; all of them by the shell."""

import json
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import ephemerals
from tests.end_to_end.process import running
from tests.preloaded import start

Start = Callable[..., Awaitable[Thread]]


async def saved(workspace: Workspace, bot: SessionManager) -> None:
    await workspace.until(lambda: not bot.scheduler.tasks and not bot.jobs.tasks)


def exported(thread: Thread) -> dict[str, str]:
    """The files in a thread, by the ending of their names."""
    files = thread.workspace.world.files
    found = [file for message in thread.messages() for file in message.files]
    return {file.name.rpartition(".")[2]: files.content(file.id).decode() for id_ in found if (file := files.get(id_))}


async def shell(database: Path, *arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
    """Run a command with nothing but the database's name; returns its exit code and what it said."""
    environment = {"CHATHAKASE_DATABASE_URL": f"sqlite:///{database}"}
    with TemporaryDirectory() as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        process = await start(arguments, environment, output, errors=errors, cwd=cwd)
        return await process.wait(), output.read_text(), errors.read_text()


async def test_a_session_is_exported_in_its_thread(
    start: Start, bob: PersonClient, bot: SessionManager, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase Trip to Kyoto")
    await thread.answers(1)
    await thread.say("I come too: 旅行 😀", bob)
    await thread.answers(2, containing="too")
    await saved(workspace, bot)
    await thread.say("export session")
    await workspace.until(lambda: len(exported(thread)) == 2)
    files = exported(thread)
    told = json.loads(files["json"])
    assert told["format"] == 1
    assert told["session"] == f"{thread.channel}_{thread.ts}"
    assert [(each["role"], each["text"]) for each in told["messages"]] == [
        ("user", "Trip to Kyoto"),
        ("assistant", thread.texts()[0]),
        ("user", "I come too: 旅行 😀"),
        ("assistant", thread.texts()[1]),
    ]
    assert sorted(told["people"].values()) == ["alice", "bob"]
    assert files["md"].startswith("# Trip to Kyoto\n")
    assert "**bob**, " in files["md"]
    assert "> I come too: 旅行 😀" in files["md"]
    assert "**chathakase**, " in files["md"]


@pytest.mark.long
async def test_it_is_exported_once_though_the_process_dies(
    environment: dict[str, str], start: Start, workspace: Workspace, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        workspace.faults.hang("files.completeUploadExternal", done=True)
        await thread.say("export session")
        await workspace.until(lambda: len(exported(thread)) == 1)
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await workspace.until(lambda: len(exported(thread)) == 2, 20)
        await thread.say("help")
        await workspace.until(lambda: "session info" in "".join(thread.texts()), 20)
    assert sum(len(message.files) for message in thread.messages()) == 2


@pytest.mark.usefixtures("bot")
async def test_where_files_are_refused_people_are_told(start: Start, workspace: Workspace) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    workspace.faults.slack_error("files.getUploadURLExternal", "missing_scope")
    await thread.say("export session")
    await thread.answers(2, containing="couldn't share the files")


@pytest.mark.usefixtures("bot")
async def test_there_may_be_nothing_to_export(start: Start) -> None:
    thread = await start("@ChatHakase export session")
    await thread.answers(1, containing="nothing to export")


async def test_the_shell_exports_everything_while_the_bot_runs(
    start: Start, bot: SessionManager, workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    thread, direct = await start("@ChatHakase Trip to Kyoto"), await start("in private", channel="@")
    await thread.answers(1)
    await direct.answers(1)
    await saved(workspace, bot)
    folder = tmp_path / "here" / "and there"
    for _ in range(2):
        code, out, err = await shell(database, "export", "--folder", str(folder))
        assert (code, err) == (0, "")
        assert "2 sessions exported" in out
    names = {f"{each.channel}_{each.ts}.{ending}" for each in (thread, direct) for ending in ("md", "json")}
    assert {file.name for file in folder.iterdir()} == names
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told: dict[str, Any] = json.loads((folder / f"{thread.channel}_{thread.ts}.json").read_text())
    assert [each["text"] for each in told["messages"]] == ["Trip to Kyoto", thread.texts()[0]]
    await thread.say("and now?")
    await thread.answers(2, containing="and now?")


async def test_the_shell_searches_everything(
    start: Start, alice: PersonClient, bob: PersonClient, open_the_bot: OpenBot, workspace: Workspace, database: Path
) -> None:
    async with open_the_bot() as bot:
        one = await start("@ChatHakase a trip to Kyoto\x1b[31m", person=bob)
        two = await start("京都への旅行について", channel="@")
        await one.answers(1)
        await two.answers(1)
        await saved(workspace, bot)
    code, out, err = await shell(database, "search", "kyoto", "trip")
    assert (code, err) == (0, "")
    assert f"{one.channel}_{one.ts}" in out
    assert bob.id in out
    assert "\x1b" not in out
    code, out, _ = await shell(database, "search", "旅行", "--limit", "1")
    assert (code, out.count(f"{two.channel}_{two.ts}")) == (0, 1)
    assert await shell(database, "search", "nobody said this") == (0, "", "Nothing was found.\n")
    assert not ephemerals(workspace, alice)


@pytest.mark.parametrize("command", [("export",), ("search", "words")])
async def test_what_cannot_be_read_is_told(command: tuple[str, ...], tmp_path: Path) -> None:
    code, out, err = await shell(tmp_path / "none.db", *command, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("The sessions cannot be read: CHATHAKASE_DATABASE_URL names")
    (tmp_path / "notes.txt").write_text("notes " * 1000)
    code, _, err = await shell(tmp_path / "notes.txt", *command, cwd=tmp_path)
    assert (code, "not a database" in err, "Traceback" in err) == (1, True, False)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.usefixtures("bot")
async def test_a_folder_that_cannot_be_is_told(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = await shell(database, "export", "--folder", str(tmp_path / "file"))
    assert code == 1
    assert err.startswith("The files cannot be written to ")
