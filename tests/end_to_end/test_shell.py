"""What the shell tells of what is stored: titles as titles, and nothing of what is forgotten."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.end_to_end.test_commands_export import saved, shell

Start = Callable[..., Awaitable[Thread]]


async def test_a_title_was_said_by_nobody(
    start: Start, bot: SessionManager, workspace: Workspace, database: Path
) -> None:
    thread = await start("@ChatHakase where shall I go?")
    await thread.answers(1)
    await thread.say("rename session Trip to Kyoto")
    await thread.answers(2)
    await saved(workspace, bot)
    code, out, _ = await shell(database, "search", "kyoto")
    assert (code, out.splitlines()[1:]) == (0, ["    title: Trip to Kyoto"])
    _, out, _ = await shell(database, "search", "where", "shall", "--limit", "5")
    assert {line.split(": ")[0].strip() for line in out.splitlines()[1::2]} == {"assistant", thread.person.id}


async def test_sessions_of_which_nothing_is_left_are_not_exported(
    start: Start, bot: SessionManager, workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    kept, cleared = await start("@ChatHakase keep this"), await start("@ChatHakase and not this")
    await kept.answers(1)
    await cleared.answers(1)
    await cleared.say("clear session")
    await cleared.answers(2, containing="Done")
    await saved(workspace, bot)
    folder = tmp_path / "out"
    code, out, _ = await shell(database, "export", "--folder", str(folder))
    assert (code, "1 session exported" in out) == (0, True)
    assert {file.name.removesuffix(file.suffix) for file in folder.iterdir()} == {f"{kept.channel}_{kept.ts}"}
