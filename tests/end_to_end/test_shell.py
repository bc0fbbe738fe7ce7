"""What the shell tells of what is stored: titles as titles, nothing of what is forgotten, and who did what."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chathakase.cli.stored import note_if_possible
from chathakase.core.audit import AuditEvent, Deed
from chathakase.engine.sessions import SessionManager
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
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


async def test_who_did_what_is_told_with_what_was_done_on_the_shell(
    start: Start, bot: SessionManager, workspace: Workspace, database: Path, tmp_path: Path
) -> None:
    code, out, err = await shell(database, "audit")
    assert (code, out, err.strip()) == (0, "", "The audit log is empty.")
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    await thread.say("rename session Fish")
    await thread.answers(2)
    await saved(workspace, bot)
    await shell(database, "export", "--folder", str(tmp_path / "out"))
    await shell(database, "search", "swordfish")
    code, out, err = await shell(database, "audit", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    common = {"outcome": "done", "person": "", "surface": "slack", "workspace": told[0]["workspace"]}
    nowhere = {"who": "", "channel": "", "thread": "", "session": ""}
    where = {"who": thread.person.id, "channel": thread.channel, "thread": thread.ts, "session": told[2]["session"]}
    assert [{key: value for key, value in each.items() if key != "at"} for each in told] == [
        {"deed": "search all", "amount": 2, **common, **nowhere},
        {"deed": "export all", "amount": 1, **common, **nowhere},
        {"deed": "rename", "amount": None, **common, **where},
    ]
    code, out, _ = await shell(database, "audit", "--limit", "2")
    assert [line.split(" UTC ")[1] for line in out.splitlines()] == [
        f'deed="{deed}" outcome=done amount={amount} surface=slack workspace={told[0]["workspace"]}'
        for deed, amount in (("search all", 2), ("export all", 1))
    ]
    await thread.say("@ChatHakase audit log")
    log = await await_ephemeral(workspace, thread.person, "Who did what")
    assert "somebody on the server: searched all threads of all workspaces (2 hits)\n" in log
    assert "somebody on the server: exported all threads of all workspaces (1 thread)\n" in log
    assert "fish" not in log.casefold()


async def test_threads_are_listed_with_their_last_lines(
    start: Start, bot: SessionManager, workspace: Workspace, database: Path
) -> None:
    code, out, err = await shell(database, "threads")
    assert (code, out, err.strip()) == (0, "", "There are no such threads.")
    thread = await start("@ChatHakase swordfish")
    await thread.answers(1)
    await thread.say("rename session Big fish")
    await thread.answers(2)
    await saved(workspace, bot)
    code, out, err = await shell(database, "threads", "--json", "--words", "SWORD", "--person", thread.person.id)
    (told,) = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert (told["title"], told["exchanges"], told["messages"], told["owner"]) == ("Big fish", 1, 2, thread.person.id)
    assert (told["channel"], told["thread"], told["archived"]) == (thread.channel, thread.ts, False)
    assert told["last"]["author"] == ""
    code, out, _ = await shell(database, "threads", "--workspace", told["workspace"])
    first, second = out.splitlines()
    assert first.split("  ")[1:] == [f"{thread.channel}_{thread.ts}", "Big fish", "1 answer"]
    assert second.startswith("    assistant: ")
    for nothing in (["--archived"], ["--person", "U0NOBODY"], ["--workspace", "T9"], ["--words", "shark"]):
        assert (await shell(database, "threads", *nothing))[1] == ""
    another = await start("@ChatHakase another")
    await another.answers(1)
    await saved(workspace, bot)
    _, out, err = await shell(database, "threads", "--limit", "1")
    assert (len(out.splitlines()), err.strip()) == (2, "These are 1 of 2 threads; --limit shows more.")


async def test_whoever_may_only_read_the_file_is_told_that_it_could_not_be_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await note_if_possible(tmp_path / "nowhere" / "sessions.db", AuditEvent(Deed.SEARCH_ALL))
    assert capsys.readouterr().err.startswith("This could not be added to the audit log: ")
